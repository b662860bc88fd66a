using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Operator;

/// <summary>Both servers with the operators' snippets as they should be.</summary>
public sealed class DoctorGround : IAsyncLifetime
{
    public ProsodyServer Prosody { get; private set; } = null!;

    public EjabberdServer Ejabberd { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var options = new XmppServerOptions { SnippetSecret = Suite.Secret };
        var prosody = ProsodyServer.StartAsync(options);
        Ejabberd = await EjabberdServer.StartAsync(options);
        Prosody = await prosody;
    }

    public async Task DisposeAsync()
    {
        await Prosody.DisposeAsync();
        await Ejabberd.DisposeAsync();
    }
}
