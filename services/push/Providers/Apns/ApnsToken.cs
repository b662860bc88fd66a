using System.Text.Json;

namespace Annex.Push.Providers.Apns;

/// <summary>The provider token of one team key: Apple wants it reused for 20 minutes at least and refreshed within
/// 60.</summary>
internal sealed class ApnsToken(ApnsApp app, TimeProvider time)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMinutes(40);

    private static readonly TimeSpan Least = TimeSpan.FromMinutes(20);

    private readonly Lock _lock = new();
    private string? _token;
    private DateTimeOffset _issued;

    public string Get()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_token is null || now - _issued >= Refresh) Issue(now);
            return _token!;
        }
    }

    /// <summary>After ExpiredProviderToken: a new one, unless this one is younger than Apple allows to change it
    /// (TooManyProviderTokenUpdates); then the clock is wrong and waiting is all there is.</summary>
    /// <returns>Whether a new token was made.</returns>
    public bool TryRenew()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_token is not null && now - _issued < Least) return false;
            Issue(now);
            return true;
        }
    }

    private void Issue(DateTimeOffset now)
    {
        var header = JsonSerializer.Serialize(new Dictionary<string,
            string>
        { ["alg"] = "ES256", ["kid"] = app.KeyId });
        var claims = JsonSerializer.Serialize(new Dictionary<string,
            object>
        { ["iss"] = app.TeamId, ["iat"] = now.ToUnixTimeSeconds() });
        _token = JsonWebToken.SignEs256(header, claims, app.Key);
        _issued = now;
    }
}
