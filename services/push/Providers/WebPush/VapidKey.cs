using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;

namespace Annex.Push.Providers.WebPush;

/// <summary>
/// One application server's key (RFC 8292). Browsers bind a subscription to the key it was made with, so an old key
/// goes on signing for its subscriptions after a new one has taken its place.
/// </summary>
public sealed class VapidKey : IDisposable
{
    /// <summary>RFC 8292 §2 allows 24 hours; half of it leaves room for clocks.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>Tokens are reused this long before they end.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromHours(1);

    private const int MaxCachedOrigins = 1024;

    private readonly ECDsa _key;
    private readonly string _subject;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, (string Header, DateTimeOffset Until)> _cached =
        new(StringComparer.Ordinal);

    /// <param name="key">A private key on P-256; owned from here.</param>
    /// <param name="subject">Who to write to: a mailto: or https: URI. Some push services refuse a token without
    /// it.</param>
    /// <param name="time">The clock of the exp claim.</param>
    public VapidKey(ECDsa key, string subject, TimeProvider time)
    {
        _key = key;
        _subject = subject;
        _time = time;
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        PublicKey = Base64Url.EncodeToString([4, .. point.X!, .. point.Y!]);
    }

    /// <summary>The public key as browsers take it (applicationServerKey): base64url of the uncompressed
    /// point.</summary>
    public string PublicKey { get; }

    /// <summary>The value of the Authorization header for this endpoint.</summary>
    public string AuthorizationFor(Uri endpoint)
    {
        var origin = endpoint.GetLeftPart(UriPartial.Authority);
        var now = _time.GetUtcNow();
        if (_cached.TryGetValue(origin, out var cached) && cached.Until > now) return cached.Header;
        var expires = now + Lifetime;
        var claims = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["aud"] = origin,
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["sub"] = _subject,
        });
        var header = $"vapid t={JsonWebToken.SignEs256("""{"typ":"JWT","alg":"ES256"}""", claims, _key)}, k={PublicKey}";
        // Endpoints are strangers' words: what they can make us remember is bounded.
        if (_cached.Count >= MaxCachedOrigins) _cached.Clear();
        _cached[origin] = (header, expires - Margin);
        return header;
    }

    public void Dispose() => _key.Dispose();
}
