using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Annex.Hosting.Web;

/// <summary>Our faults in HTTP requests: logged and counted here, answered with 500 and nothing about their cause.</summary>
internal sealed partial class RequestFailures(RequestDelegate next, ILogger<RequestFailures> logger)
{
    private static readonly Meter Meter = new("Annex.Hosting.Web");
    private static readonly Counter<long> Failures =
        Meter.CreateCounter<long>("annex.http.exceptions", "{exception}", "HTTP requests that ended in an exception of ours.");

    /// <summary>Makes the counter, so that it is known before the first failure.</summary>
    public static void Touch() => _ = Failures;

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked is gone.
        }
        catch (BadHttpRequestException e)
        {
            if (!http.Response.HasStarted)
                http.Response.StatusCode = e.StatusCode;
        }
        catch (Exception e)
        {
            Failures.Add(1);
            Failed(logger, http.Request.Method, e);
            if (http.Response.HasStarted)
                http.Abort();
            else
                http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    [LoggerMessage(10, LogLevel.Error, "An HTTP {Method} failed")]
    private static partial void Failed(ILogger logger, string method, Exception exception);
}
