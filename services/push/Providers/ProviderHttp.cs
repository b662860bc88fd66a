using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Annex.Push.Providers;

/// <summary>HTTP as all providers use it: no redirect, no proxy, no cookie, answers read up to a limit, failures as
/// outcomes.</summary>
internal static class ProviderHttp
{
    /// <summary>No provider answers with more than a short JSON object.</summary>
    private const int MaxAnswerBytes = 16 * 1024;

    /// <summary>The longest pause that a Retry-After is believed for.</summary>
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(12);

    public static HttpClient CreateClient(EndpointPolicy? policy, Version version, TimeSpan timeout,
        HttpMessageHandler? handler = null)
    {
        if (handler is null)
        {
            var sockets = new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                EnableMultipleHttp2Connections = true,
                ConnectTimeout = TimeSpan.FromSeconds(10),
                PooledConnectionLifetime = TimeSpan.FromMinutes(15),
                MaxResponseHeadersLength = 16,
                KeepAlivePingDelay = TimeSpan.FromSeconds(60),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
                AutomaticDecompression = DecompressionMethods.None,
            };
            if (policy is not null) sockets.ConnectCallback = policy.ConnectAsync;
            handler = sockets;
        }
        return new HttpClient(handler)
        {
            Timeout = timeout,
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
    }

    /// <summary>Sends and hands status, headers and the (bounded) body to <paramref name="judge"/>; what the network
    /// does instead becomes an outcome here.</summary>
    public static async ValueTask<PushOutcome> SendAsync(HttpClient client, HttpRequestMessage request,
        Func<HttpStatusCode, HttpResponseHeaders, string, PushOutcome> judge, CancellationToken cancellationToken)
    {
        // The client's own time-out ends with the headers: a body that drips would hold a slot for ever.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(client.Timeout);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            var body = await ReadBoundedAsync(response.Content, limit.Token);
            return judge(response.StatusCode, response.Headers, body);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return PushOutcome.Retry("timeout");
        }
        catch (HttpRequestException e) when (e.InnerException is EndpointRefusedException)
        {
            return PushOutcome.Rejected("endpoint address refused");
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException)
        {
            // A certificate that does not verify: the network's or our own trust store; either way nobody's
            // registration.
            return PushOutcome.OurFault("TLS failure");
        }
        catch (HttpRequestException e)
        {
            return PushOutcome.Retry(e.HttpRequestError.ToString());
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return PushOutcome.Retry("connection lost");
        }
    }

    /// <summary>Retry-After as seconds or date (RFC 9110 §10.2.3), bounded; null where absent or in the past.</summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var after = headers.RetryAfter?.Delta ?? headers.RetryAfter?.Date - now;
        if (after is not { } pause || pause <= TimeSpan.Zero) return null;
        return pause > MaxRetryAfter ? MaxRetryAfter : pause;
    }

    private static async Task<string> ReadBoundedAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxAnswerBytes];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, length);
    }
}
