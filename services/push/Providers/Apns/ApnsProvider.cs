using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Annex.Push.Providers.Apns;

/// <summary>Apple's push network over HTTP/2 with token authentication. The payload is what the app gets beside
/// "aps".</summary>
public sealed class ApnsProvider : IPushProvider, IDisposable
{
    private const int MaxPayloadBytes = 4096;
    private const int MaxCallPayloadBytes = 5120;

    /// <summary>Device tokens are opaque but hexadecimal; the length may grow.</summary>
    private const int MaxTokenLength = 200;

    private readonly Dictionary<string, (ApnsApp App, ApnsToken Token, AppSuspicion Suspicion)> _apps;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    public ApnsProvider(IEnumerable<ApnsApp> apps, TimeProvider time, TimeSpan timeout, HttpMessageHandler? handler =
        null)
    {
        _apps = apps.ToDictionary(a => a.Name, a => (a, new ApnsToken(a, time), new AppSuspicion()),
            StringComparer.Ordinal);
        _time = time;
        _client = ProviderHttp.CreateClient(policy: null, HttpVersion.Version20, timeout, handler);
        _client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
    }

    public string Name => "apns";

    public string ScopeOf(PushDelivery delivery) => delivery.App ?? "";

    public async ValueTask<PushOutcome> SendAsync(PushDelivery delivery, CancellationToken cancellationToken)
    {
        var name = delivery.App ?? (_apps.Count == 1 ? _apps.Keys.First() : "");
        if (!_apps.TryGetValue(name, out var entry)) return PushOutcome.OurFault("no such app is configured");
        // The token becomes part of the path: nothing but hexadecimal digits passes (P14).
        if (delivery.Target.Length is 0 or > MaxTokenLength || !delivery.Target.All(char.IsAsciiHexDigit))
            return PushOutcome.Gone("not a device token");
        var payload = Payload(delivery);
        if (payload.Length > (delivery.IsCall ? MaxCallPayloadBytes
            : MaxPayloadBytes)) return PushOutcome.Rejected("payload too large");

        var outcome = await SendOnceAsync(delivery, entry.App, entry.Token.Get(), payload, cancellationToken);
        if (outcome.Reason == "ExpiredProviderToken" && entry.Token.TryRenew())
            outcome = await SendOnceAsync(delivery, entry.App, entry.Token.Get(), payload, cancellationToken);
        return entry.Suspicion.Judge(outcome, outcome.Reason is "BadDeviceToken" or "DeviceTokenNotForTopic");
    }

    public void Dispose() => _client.Dispose();

    internal static PushOutcome Judge(HttpStatusCode status, HttpResponseHeaders headers, string body,
        DateTimeOffset registeredAt,
        DateTimeOffset now)
    {
        if (status == HttpStatusCode.OK) return PushOutcome.Delivered;
        var (reason, timestamp) = ReadReason(body);
        switch ((int)status, reason)
        {
            // 410 says since when the token is dead: a registration made after that is another one.
            case (410, _):
                return timestamp is { } since && registeredAt > since ? PushOutcome.Retry(reason)
                    : PushOutcome.Gone(reason);
            case (400, "BadDeviceToken" or "DeviceTokenNotForTopic"):
                return PushOutcome.Gone(reason);
            case (403, _):
            case (400, "MissingTopic" or "TopicDisallowed" or "BadTopic" or "BadCertificateEnvironment"):
                return PushOutcome.OurFault(reason);
            case (413, _):
                return PushOutcome.Rejected(reason);
            case (429, "TooManyProviderTokenUpdates"):
                return PushOutcome.OurFault(reason);
            case (429, _):
            case ( >= 500, _):
                return PushOutcome.Retry(reason, ProviderHttp.RetryAfter(headers, now));
            default:
                return PushOutcome.Rejected(reason);
        }
    }

    private async ValueTask<PushOutcome> SendOnceAsync(PushDelivery delivery, ApnsApp app, string token, byte[] payload,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Server, $"/3/device/{delivery.Target}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(payload),
        };
        // Apple: a background push has priority 5 and content-available; an alert 10; a call its own topic.
        var isAlert = delivery.Urgency == PushUrgency.High;
        var headers = request.Headers;
        headers.TryAddWithoutValidation("authorization", $"bearer {token}");
        headers.TryAddWithoutValidation("apns-topic", delivery.IsCall ? $"{app.BundleId}.voip" : app.BundleId);
        headers.TryAddWithoutValidation("apns-push-type", delivery.IsCall ? "voip" : isAlert ? "alert" : "background");
        headers.TryAddWithoutValidation("apns-priority", delivery.IsCall || isAlert ? "10" : "5");
        headers.TryAddWithoutValidation("apns-expiration",
            (_time.GetUtcNow() + delivery.TimeToLive).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        if (delivery.Topic is { Length: > 0 } topic && Encoding.UTF8.GetByteCount(topic) <= 64 && !delivery.IsCall)
            headers.TryAddWithoutValidation("apns-collapse-id", topic);
        return await ProviderHttp.SendAsync(_client, request,
            (status, answer, body) => Judge(status, answer, body, delivery.RegisteredAt, _time.GetUtcNow()),
                cancellationToken);
    }

    /// <summary>{"aps":{…}, …the delivery's own JSON object…}. An alert carries a neutral text that the app's extension
    /// replaces: nothing of the message is in it.</summary>
    private static byte[] Payload(PushDelivery delivery)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject("aps");
            if (delivery.Urgency == PushUrgency.High && !delivery.IsCall)
            {
                json.WriteStartObject("alert");
                json.WriteString("title", "New message");
                json.WriteEndObject();
                json.WriteNumber("mutable-content", 1);
                json.WriteString("sound", "default");
            }
            else
            {
                json.WriteNumber("content-available", 1);
            }
            json.WriteEndObject();
            if (!delivery.Payload.IsEmpty)
            {
                using var own = JsonDocument.Parse(delivery.Payload);
                foreach (var property in own.RootElement.EnumerateObject())
                {
                    if (!property.NameEquals("aps")) property.WriteTo(json);
                }
            }
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    private static (string Reason, DateTimeOffset? Timestamp) ReadReason(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var reason = json.RootElement.TryGetProperty("reason", out var r) ? r.GetString() : null;
            DateTimeOffset? timestamp = json.RootElement.TryGetProperty("timestamp", out var t)
                && t.TryGetInt64(out var ms)
                ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
            return (reason ?? "no reason", timestamp);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return ("no reason", null);
        }
    }
}
