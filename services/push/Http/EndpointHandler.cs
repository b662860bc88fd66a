using System.Globalization;
using Annex.Push.Providers.WebPush;
using Annex.Push.Storage;
using Annex.Push.UnifiedPush;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;

namespace Annex.Push.Http;

/// <summary>The URL that an app server pushes to (UnifiedPush, RFC 8030): at most 4096 bytes, kept as long as TTL
/// says.</summary>
public sealed class EndpointHandler(
    EndpointStore endpoints, ClientDelivery delivery, PushOptions options, PushMetrics metrics, TimeProvider time,
    ILogger<EndpointHandler> logger)
{
    /// <summary>What every push service has to take (RFC 8030 §7.2), and UnifiedPush's limit.</summary>
    private const int MaxBodyBytes = 4096;

    private const string RetryAfter = "60";

    private readonly RateLimiter _ofEndpoint = new(options.UnifiedPush.MaxPerMinute, TimeSpan.FromMinutes(1), time);
    private readonly RateLimiter _ofUser = new(options.UnifiedPush.MaxPerMinutePerUser, TimeSpan.FromMinutes(1), time);

    public async Task PostAsync(HttpContext http, string token)
    {
        try
        {
            await ReceiveAsync(http, token);
        }
        catch (BadHttpRequestException exception)
        {
            http.Response.StatusCode = exception.StatusCode;
        }
        catch (NpgsqlException exception)
        {
            Log.DatabaseAway(logger, exception);
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.RetryAfter = RetryAfter;
        }
        metrics.Received(http.Response.StatusCode);
    }

    /// <summary>How an app finds out that this is a UnifiedPush endpoint. The same for every path, known or
    /// not.</summary>
    public static Task GetAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync("""{"unifiedpush":{"version":1}}""");
    }

    private async Task ReceiveAsync(HttpContext http, string token)
    {
        var request = http.Request;
        var cancellationToken = http.RequestAborted;
        if (request.ContentLength > MaxBodyBytes)
        {
            Refuse(http, StatusCodes.Status413PayloadTooLarge);
            return;
        }
        // Nothing is unpacked here: what is encrypted for an app is carried as it is, anything else may not be encoded.
        if (request.Headers.ContentEncoding.ToString() is not ("" or "identity" or "aes128gcm" or "aesgcm"))
        {
            Refuse(http, StatusCodes.Status415UnsupportedMediaType);
            return;
        }
        if (!TryReadHeaders(request.Headers, out var timeToLive, out var topic))
        {
            Refuse(http, StatusCodes.Status400BadRequest);
            return;
        }
        if (await endpoints.FindAsync(token, cancellationToken) is not { } endpoint)
        {
            Refuse(http, StatusCodes.Status404NotFound);
            return;
        }
        if (!_ofEndpoint.TryTake(token) || !_ofUser.TryTake(endpoint.Owner))
        {
            http.Response.Headers.RetryAfter = RetryAfter;
            Refuse(http, StatusCodes.Status429TooManyRequests);
            return;
        }
        if (await ReadBodyAsync(http, cancellationToken) is not { } body)
        {
            Refuse(http, StatusCodes.Status413PayloadTooLarge);
            return;
        }
        if (body.Length == 0)
        {
            Refuse(http, StatusCodes.Status400BadRequest);
            return;
        }
        if (!await TakeAsync(endpoint, body, topic, timeToLive, cancellationToken))
        {
            Refuse(http, StatusCodes.Status404NotFound);
            return;
        }
        // RFC 8030 §5.2: how long it is really kept.
        http.Response.Headers["TTL"] = ((long)timeToLive.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        http.Response.StatusCode = StatusCodes.Status201Created;
    }

    private async Task<bool> TakeAsync(EndpointRow endpoint, byte[] body, string? topic, TimeSpan timeToLive,
        CancellationToken cancellationToken)
    {
        if (timeToLive == TimeSpan.Zero)
        {
            await delivery.TryOnceAsync(endpoint, body, cancellationToken);
            return true;
        }
        // Stored before it is answered; carried to the client afterwards.
        if (!await endpoints.StoreAsync(endpoint.Id, body, topic, timeToLive, cancellationToken)) return false;
        delivery.Flush(endpoint.Owner);
        return true;
    }

    /// <summary>RFC 8030 §5.2 to §5.4. App servers of UnifiedPush may leave TTL out.</summary>
    private bool TryReadHeaders(IHeaderDictionary headers, out TimeSpan timeToLive, out string? topic)
    {
        timeToLive = options.UnifiedPush.DefaultTimeToLive;
        topic = null;
        if (headers.TryGetValue("TTL", out var ttl))
        {
            if (!long.TryParse(ttl.ToString(), NumberStyles.None, CultureInfo.InvariantCulture,
                out var seconds)) return false;
            var most = options.UnifiedPush.MaxTimeToLive;
            timeToLive = seconds < most.TotalSeconds ? TimeSpan.FromSeconds(seconds) : most;
        }
        if (headers.TryGetValue("Urgency", out var urgency)
            && urgency.ToString() is not ("very-low" or "low" or "normal" or "high")) return false;
        if (!headers.TryGetValue("Topic", out var name)) return true;
        topic = name.ToString();
        return WebPushHeaders.IsTopic(topic);
    }

    /// <summary>Null where there is more than may be.</summary>
    private static async Task<byte[]?> ReadBodyAsync(HttpContext http, CancellationToken cancellationToken)
    {
        // The server stops a chunked body there as well, and does not read the rest of it.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize =
            MaxBodyBytes;
        var buffer = new byte[MaxBodyBytes + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false,
            cancellationToken);
        return length > MaxBodyBytes ? null : buffer[..length];
    }

    private static void Refuse(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        // What was not read of the body is not read any more.
        if (http.Request.Protocol == "HTTP/1.1") http.Response.Headers.Connection = "close";
    }
}
