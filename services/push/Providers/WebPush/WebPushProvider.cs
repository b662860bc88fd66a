using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Annex.Push.Providers.WebPush;

/// <summary>Web Push (RFC 8030) with encrypted payloads and VAPID. A subscription names the key it was made with in
/// <see cref="PushDelivery.App"/>; null is the newest.</summary>
public sealed class WebPushProvider : IPushProvider, IDisposable
{
    /// <summary>What a push service has to take (RFC 8030 §7.2).</summary>
    private const int MaxBodyBytes = 4096;

    private readonly IReadOnlyList<VapidKey> _keys;
    private readonly EndpointPolicy _policy;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    /// <param name="keys">Newest first; disposed by the caller.</param>
    /// <param name="policy">Which endpoints may be called.</param>
    /// <param name="time">The clock of Retry-After.</param>
    /// <param name="timeout">For one send.</param>
    public WebPushProvider(IReadOnlyList<VapidKey> keys, EndpointPolicy policy, TimeProvider time, TimeSpan timeout)
    {
        _keys = keys;
        _policy = policy;
        _time = time;
        _client = ProviderHttp.CreateClient(policy, HttpVersion.Version20, timeout);
    }

    public string Name => "webpush";

    public string ScopeOf(PushDelivery delivery) => _policy.TryParse(delivery.Target, out var endpoint)
        ? endpoint.Authority : "";

    public async ValueTask<PushOutcome> SendAsync(PushDelivery delivery, CancellationToken cancellationToken)
    {
        if (!_policy.TryParse(delivery.Target, out var endpoint)) return PushOutcome.Rejected("endpoint not allowed");
        if (delivery.Authorization is { } authorization) return await SendEncryptedAsync(delivery, endpoint,
            authorization, cancellationToken);
        var key = delivery.App is null ? _keys[0] : _keys.FirstOrDefault(k => k.PublicKey == delivery.App);
        // Its file is missing in Push:WebPush:KeyFiles, and may be put back: nobody loses a subscription by that.
        if (key is null) return PushOutcome.OurFault("no such VAPID key") with { IsForTargetOnly = true };
        if (delivery.Payload.Length > WebPushEncryption.MaxPlaintextBytes)
            return PushOutcome.Rejected("payload too large");

        byte[]? body = null;
        if (!delivery.Payload.IsEmpty)
        {
            try
            {
                body = WebPushEncryption.Encrypt(delivery.Payload.Span, delivery.ReceiverKey!, delivery.AuthSecret!);
            }
            catch (CryptographicException)
            {
                return PushOutcome.Gone("subscription keys are invalid");
            }
        }
        return await PostAsync(delivery, endpoint, key.AuthorizationFor(endpoint), body, cancellationToken);
    }

    public void Dispose() => _client.Dispose();

    private ValueTask<PushOutcome> SendEncryptedAsync(PushDelivery delivery, Uri endpoint, string authorization,
        CancellationToken cancellationToken) => delivery.Payload.Length > MaxBodyBytes
            ? ValueTask.FromResult(PushOutcome.Rejected("payload too large"))
            : PostAsync(delivery, endpoint, authorization, delivery.Payload.ToArray(), cancellationToken);

    private async ValueTask<PushOutcome> PostAsync(PushDelivery delivery, Uri endpoint, string authorization,
        byte[]? body,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        WebPushHeaders.Add(request.Headers, delivery);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            request.Content.Headers.ContentEncoding.Add("aes128gcm");
        }
        return await ProviderHttp.SendAsync(_client, request, Judge, cancellationToken);
    }

    internal PushOutcome Judge(HttpStatusCode status, HttpResponseHeaders headers, string body) => (int)status switch
    {
        >= 200 and < 300 => PushOutcome.Delivered,
        404 or 410 => PushOutcome.Gone(((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture)),
        // RFC 8292 §4.2: our VAPID token, or a subscription made with another key. Either way the registration stays,
        // and since anyone can register such an endpoint, it says nothing about the push service.
        401 or 403 => PushOutcome.Retry($"VAPID refused ({(int)status})") with { IsForTargetOnly = true },
        413 => PushOutcome.Rejected("payload too large"),
        429 or 503 => PushOutcome.Retry($"{(int)status}", ProviderHttp.RetryAfter(headers, _time.GetUtcNow())),
        >= 500 => PushOutcome.Retry($"{(int)status}", ProviderHttp.RetryAfter(headers, _time.GetUtcNow())),
        // A redirect is never followed: it could lead past the policy.
        _ => PushOutcome.Rejected($"{(int)status}"),
    };
}
