using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Annex.Push.Providers.Fcm;

/// <summary>The OAuth2 access token of a service account (RFC 7523 assertion), shared by all sends, refreshed before it
/// ends. One refresh runs at a time; the others wait for it.</summary>
internal sealed class FcmAccessToken(FcmApp app, HttpClient client, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private volatile Held? _held;

    /// <summary>The token, or the outcome that says why there is none.</summary>
    public async ValueTask<(string? Token, PushOutcome Outcome)> GetAsync(CancellationToken cancellationToken)
    {
        if (_held is { } held && held.Until > time.GetUtcNow()) return (held.Token, default);
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            if (_held is { } fresh && fresh.Until > time.GetUtcNow()) return (fresh.Token, default);
            string? token = null;
            using var request = new HttpRequestMessage(HttpMethod.Post, app.TokenServer)
            {
                Content = new FormUrlEncodedContent(
                [
                    new("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), new("assertion", Assertion()),
                ]),
            };
            var outcome = await ProviderHttp.SendAsync(client, request, (status, headers, body) =>
            {
                if (status == HttpStatusCode.OK && Read(body) is var (value, seconds) && value is not null)
                {
                    token = value;
                    _held = new Held(value, time.GetUtcNow() + TimeSpan.FromSeconds(seconds) - Margin);
                    return PushOutcome.Delivered;
                }
                return (int)status is 429 or >= 500
                    ? PushOutcome.Retry($"token server {(int)status}",
                        ProviderHttp.RetryAfter(headers, time.GetUtcNow()))
                    : PushOutcome.OurFault($"token server {(int)status}");
            }, cancellationToken);
            return (token, outcome);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>Forgets this token, if it is still the one in use (after a 401).</summary>
    public void Drop(string token)
    {
        if (_held?.Token == token) _held = null;
    }

    public void Dispose() => _refreshing.Dispose();

    private string Assertion()
    {
        var now = time.GetUtcNow();
        var claims = JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["iss"] = app.ClientEmail,
            ["scope"] = "https://www.googleapis.com/auth/firebase.messaging",
            ["aud"] = app.TokenServer.AbsoluteUri,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + TimeSpan.FromHours(1)).ToUnixTimeSeconds(),
        });
        return JsonWebToken.SignRs256("""{"alg":"RS256","typ":"JWT"}""", claims, app.Key);
    }

    private static (string? Token, double Seconds) Read(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var seconds = json.RootElement.TryGetProperty("expires_in", out var e)
                ? e.ValueKind == JsonValueKind.Number ? e.GetDouble()
                    : double.Parse(e.GetString()!, CultureInfo.InvariantCulture) : 3600;
            return (json.RootElement.GetProperty("access_token").GetString(), seconds);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return (null, 0);
        }
    }

    private sealed record Held(string Token, DateTimeOffset Until);
}
