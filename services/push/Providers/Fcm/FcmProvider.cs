using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Annex.Push.Providers.Fcm;

/// <summary>Firebase Cloud Messaging, HTTP v1. The payload is a JSON object of strings: the data message that the app
/// gets.</summary>
public sealed class FcmProvider : IPushProvider, IDisposable
{
    /// <summary>Registration tokens are opaque; this bounds what a stranger can have us send.</summary>
    private const int MaxTokenLength = 4096;

    /// <summary>FCM keeps nothing longer than four weeks.</summary>
    private static readonly TimeSpan MaxTimeToLive = TimeSpan.FromDays(28);

    private readonly Dictionary<string, (FcmApp App, FcmAccessToken Token, AppSuspicion Suspicion)> _apps;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    public FcmProvider(IEnumerable<FcmApp> apps, TimeProvider time, TimeSpan timeout, HttpMessageHandler? handler =
        null)
    {
        _time = time;
        _client = ProviderHttp.CreateClient(policy: null, HttpVersion.Version20, timeout, handler);
        _apps = apps.ToDictionary(a => a.Name, a => (a, new FcmAccessToken(a, _client, time), new AppSuspicion()),
            StringComparer.Ordinal);
    }

    public string Name => "fcm";

    public string ScopeOf(PushDelivery delivery) => delivery.App ?? "";

    public async ValueTask<PushOutcome> SendAsync(PushDelivery delivery, CancellationToken cancellationToken)
    {
        var name = delivery.App ?? (_apps.Count == 1 ? _apps.Keys.First() : "");
        if (!_apps.TryGetValue(name, out var entry)) return PushOutcome.OurFault("no such app is configured");
        if (delivery.Target.Length is 0 or > MaxTokenLength) return PushOutcome.Gone("not a registration token");

        var (token, failure) = await entry.Token.GetAsync(cancellationToken);
        if (token is null) return failure;
        var outcome = await SendOnceAsync(delivery, entry.App, token, cancellationToken);
        if (outcome.Reason == "401")
        {
            // The token ended early: one new one, then the fault is ours.
            entry.Token.Drop(token);
            (token, failure) = await entry.Token.GetAsync(cancellationToken);
            if (token is null) return failure;
            outcome = await SendOnceAsync(delivery, entry.App, token, cancellationToken);
        }
        return entry.Suspicion.Judge(outcome, outcome.Reason is "SENDER_ID_MISMATCH");
    }

    public void Dispose()
    {
        foreach (var (_, token, _) in _apps.Values) token.Dispose();
        _client.Dispose();
    }

    internal static PushOutcome Judge(HttpStatusCode status, HttpResponseHeaders headers, string body,
        DateTimeOffset now)
    {
        if (status == HttpStatusCode.OK) return PushOutcome.Delivered;
        var (code, isFcmError) = ReadError(body);
        return ((int)status, code) switch
        {
            (404, "UNREGISTERED") or (403, "SENDER_ID_MISMATCH") => PushOutcome.Gone(code),
            // INVALID_ARGUMENT speaks of the token only where FCM's own error detail says so; else of our request.
            (400, "INVALID_ARGUMENT") when isFcmError => PushOutcome.Gone(code),
            (401, _) => PushOutcome.OurFault("401"),
            (403, _) or (404, _) => PushOutcome.OurFault(code),
            (429, _) or ( >= 500, _) => PushOutcome.Retry(code, ProviderHttp.RetryAfter(headers, now)),
            _ => PushOutcome.Rejected(code),
        };
    }

    private async ValueTask<PushOutcome> SendOnceAsync(PushDelivery delivery, FcmApp app, string token,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post,
            new Uri(app.Server, $"/v1/projects/{Uri.EscapeDataString(app.ProjectId)}/messages:send"))
        {
            Content = new ByteArrayContent(Message(delivery)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await ProviderHttp.SendAsync(_client, request,
            (status, headers, body) => Judge(status, headers, body, _time.GetUtcNow()), cancellationToken);
    }

    private static byte[] Message(PushDelivery delivery)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            var ttl = delivery.TimeToLive > MaxTimeToLive ? MaxTimeToLive : delivery.TimeToLive;
            json.WriteStartObject();
            json.WriteStartObject("message");
            json.WriteString("token", delivery.Target);
            json.WriteStartObject("android");
            json.WriteString("priority", delivery.Urgency == PushUrgency.High ? "high" : "normal");
            json.WriteString("ttl", string.Create(CultureInfo.InvariantCulture, $"{(long)ttl.TotalSeconds}s"));
            if (delivery is { IsOneOfMany: false, Topic: { Length: > 0 } topic }) json.WriteString("collapse_key", topic);
            json.WriteEndObject();
            if (!delivery.Payload.IsEmpty)
            {
                json.WritePropertyName("data");
                json.WriteRawValue(delivery.Payload.Span);
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    /// <summary>The FcmError's errorCode where the details have one, else the status.</summary>
    private static (string Code, bool IsFcmError) ReadError(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var error = json.RootElement.GetProperty("error");
            if (error.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Array)
            {
                foreach (var detail in details.EnumerateArray())
                {
                    if (detail.TryGetProperty("errorCode", out var code)
                        && code.GetString() is { Length: > 0 } text) return (text, true);
                }
            }
            return (error.TryGetProperty("status", out var status) ? status.GetString() ?? "no status" : "no status",
                false);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return ("no status", false);
        }
    }
}
