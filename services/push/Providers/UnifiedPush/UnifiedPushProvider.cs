using System.Net;
using System.Net.Http.Headers;
using Annex.Push.Providers.WebPush;

namespace Annex.Push.Providers.UnifiedPush;

/// <summary>A UnifiedPush endpoint: the body is POSTed as it is (the app encrypts or the payload says nothing), at most
/// 4096 bytes. With subscription keys the endpoint is a Web Push one and gets an encrypted body, as UnifiedPush 3 wants
/// it.</summary>
public sealed class UnifiedPushProvider : IPushProvider, IDisposable
{
    private const int MaxBodyBytes = 4096;

    private readonly EndpointPolicy _policy;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    public UnifiedPushProvider(EndpointPolicy policy, TimeProvider time, TimeSpan timeout)
    {
        _policy = policy;
        _time = time;
        _client = ProviderHttp.CreateClient(policy, HttpVersion.Version20, timeout);
    }

    public string Name => "unifiedpush";

    public string ScopeOf(PushDelivery delivery) => _policy.TryParse(delivery.Target, out var endpoint)
        ? endpoint.Authority : "";

    public async ValueTask<PushOutcome> SendAsync(PushDelivery delivery, CancellationToken cancellationToken)
    {
        if (!_policy.TryParse(delivery.Target, out var endpoint)) return PushOutcome.Rejected("endpoint not allowed");
        var isEncrypted = WebPushEncryption.AreKeysValid(delivery.ReceiverKey, delivery.AuthSecret);
        if (delivery.Payload.Length > (isEncrypted ? WebPushEncryption.MaxPlaintextBytes : MaxBodyBytes))
            return PushOutcome.Rejected("payload too large");

        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        WebPushHeaders.Add(request.Headers, delivery);
        request.Content = isEncrypted
            ? new ByteArrayContent(WebPushEncryption.Encrypt(delivery.Payload.Span, delivery.ReceiverKey!,
                delivery.AuthSecret!))
            : new ReadOnlyMemoryContent(delivery.Payload);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        if (isEncrypted) request.Content.Headers.ContentEncoding.Add("aes128gcm");
        return await ProviderHttp.SendAsync(_client, request, Judge, cancellationToken);
    }

    public void Dispose() => _client.Dispose();

    internal PushOutcome Judge(HttpStatusCode status, HttpResponseHeaders headers, string body) => (int)status switch
    {
        >= 200 and < 300 => PushOutcome.Delivered,
        404 or 410 => PushOutcome.Gone($"{(int)status}"),
        413 => PushOutcome.Rejected("payload too large"),
        429 or >= 500 => PushOutcome.Retry($"{(int)status}", ProviderHttp.RetryAfter(headers, _time.GetUtcNow())),
        _ => PushOutcome.Rejected($"{(int)status}"),
    };
}
