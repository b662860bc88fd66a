using Annex.Push.Providers.WebPush;

namespace Annex.Push;

/// <summary>The service's own keys for Web Push, newest first.</summary>
public sealed class VapidKeys(IReadOnlyList<VapidKey> keys) : IDisposable
{
    public IReadOnlyList<VapidKey> All => keys;

    public VapidKey Newest => keys[0];

    public bool Has(string publicKey) => keys.Any(key => key.PublicKey == publicKey);

    public void Dispose()
    {
        foreach (var key in keys) key.Dispose();
    }
}
