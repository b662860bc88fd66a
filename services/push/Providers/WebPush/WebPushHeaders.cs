using System.Globalization;
using System.Net.Http.Headers;

namespace Annex.Push.Providers.WebPush;

/// <summary>TTL, Urgency and Topic (RFC 8030 §5.2 to §5.4), which UnifiedPush shares.</summary>
internal static class WebPushHeaders
{
    /// <summary>Four weeks: what the large push services cap it at.</summary>
    private const long MaxTtlSeconds = 28 * 24 * 3600;

    public static void Add(HttpRequestHeaders headers, PushDelivery delivery)
    {
        var ttl = Math.Clamp((long)delivery.TimeToLive.TotalSeconds, 0, MaxTtlSeconds);
        headers.TryAddWithoutValidation("TTL", ttl.ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation("Urgency", delivery.Urgency switch
        {
            PushUrgency.High => "high",
            PushUrgency.Low => "low",
            _ => "normal",
        });
        if (IsTopic(delivery.Topic)) headers.TryAddWithoutValidation("Topic", delivery.Topic);
    }

    /// <summary>RFC 8030 §5.4: at most 32 characters of the base64url alphabet.</summary>
    public static bool IsTopic(string? topic) =>
        topic is { Length: > 0 and <= 32 } && topic.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
