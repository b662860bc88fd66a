using Annex.Upload.Blobs;
using Annex.Upload.Scanning;
using Annex.Upload.Slots;
using Npgsql;

namespace Annex.Upload.Http;

/// <summary>The users' listener: every path is a file's, and every method is answered here.</summary>
public sealed class UploadEndpoint(
    PutHandler put, GetHandler get, ServiceUrlHandler serviceUrl, ResponseHeaders headers, SlotUrls urls, UploadMetrics metrics,
    ILogger<UploadEndpoint> logger)
{
    public async Task HandleAsync(HttpContext http)
    {
        headers.Protect(http.Response.Headers);
        try
        {
            await RouteAsync(http);
        }
        catch (RefusedException exception)
        {
            await RefuseAsync(http, exception.Refusal);
        }
        catch (BlobStoreException exception)
        {
            Log.StoreFailed(logger, exception);
            await RefuseAsync(http, exception.IsFull ? Refusal.NoSpace : Refusal.Unavailable);
        }
        catch (ScannerException exception)
        {
            Log.ScannerFailed(logger, exception);
            await RefuseAsync(http, Refusal.Unavailable);
        }
        catch (NpgsqlException exception)
        {
            Log.DatabaseAway(logger, exception);
            await RefuseAsync(http, Refusal.Unavailable);
        }
        catch (Exception exception) when (http.RequestAborted.IsCancellationRequested
            && exception is OperationCanceledException or IOException)
        {
            // The client has gone: nobody is left to answer, and nothing is wrong with us.
        }
        catch (Exception)
        {
            metrics.Failed();
            throw;
        }
    }

    private Task RouteAsync(HttpContext http)
    {
        var path = urls.Local(http.Request.Path.Value ?? "");
        var method = http.Request.Method;
        if (serviceUrl.IsEnabled && path.StartsWith(ServiceUrlHandler.Prefix, StringComparison.Ordinal))
        {
            return serviceUrl.HandleAsync(http, path[ServiceUrlHandler.Prefix.Length..]);
        }
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method)) return get.HandleAsync(http, path);
        if (HttpMethods.IsPut(method)) return put.HandleAsync(http, path);
        if (!HttpMethods.IsOptions(method)) throw new RefusedException(Refusal.NotAllowed);
        // The same for every path, so that it tells nothing about any.
        ResponseHeaders.Preflight(http.Response.Headers);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static async Task RefuseAsync(HttpContext http, Refusal refusal)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }
        if (http.RequestAborted.IsCancellationRequested) return;
        if (HttpMethods.IsPut(http.Request.Method) && http.Request.Protocol == "HTTP/1.1")
        {
            http.Response.Headers.Connection = "close";
        }
        http.Response.Headers.ContentDisposition = default;
        await refusal.WriteAsync(http);
    }
}
