using System.Globalization;
using Annex.Upload.Blobs;
using Annex.Upload.Intake;
using Annex.Upload.Slots;
using Annex.Upload.Storage;

namespace Annex.Upload.Http;

/// <summary>GET and HEAD of a file: RFC 9110's ranges and preconditions over what the database says is served right now.</summary>
public sealed class GetHandler(
    SlotTable slots, IBlobStore store, ResponseHeaders headers, UploadOptions options, UploadMetrics metrics, TimeProvider time,
    IServiceProvider services, ILogger<GetHandler> logger)
{
    private readonly StagedIntake? _staged = services.GetService<StagedIntake>();

    public async Task HandleAsync(HttpContext http, string path)
    {
        try
        {
            var file = await FindAsync(path, http.RequestAborted) ?? throw new RefusedException(Refusal.NotFound);
            await SendAsync(http, file);
        }
        catch (RefusedException exception)
        {
            if (http.Response.HasStarted) http.Abort(); // Too late for a status: a cut connection is the only honest end.
            else await exception.Refusal.WriteAsync(http);
        }
        finally
        {
            metrics.DownloadEnded(http.Response.StatusCode);
        }
    }

    private async Task<UploadFile?> FindAsync(string path, CancellationToken cancellationToken)
    {
        if (!SlotPath.IsPlausible(path)) return null;
        var file = await slots.FindAsync(path, cancellationToken);
        if (file is { State: FileState.Reserved, IsStaged: true } && _staged is not null)
        {
            file = await _staged.ConfirmAsync(file, cancellationToken);
        }
        return file is { State: FileState.Stored } && IsServed(file) ? file : null;
    }

    // XEP-0363 §5: an ephemeral file MUST NOT be available after its time, whosever clock runs late.
    private bool IsServed(UploadFile file)
    {
        var margin = file.Purpose == Purpose.Ephemeral ? options.ClockSkew : TimeSpan.Zero;
        return file.Expires is not { } end || time.GetUtcNow() + margin < end;
    }

    private async Task SendAsync(HttpContext http, UploadFile file)
    {
        var (request, response) = (http.Request, http.Response);
        var (tag, modified) = (ResponseHeaders.TagOf(file), ResponseHeaders.ModifiedOf(file));
        headers.Describe(response.Headers, file);
        switch (Preconditions.Evaluate(request.Headers, tag, modified))
        {
            case StatusCodes.Status304NotModified:
                response.StatusCode = StatusCodes.Status304NotModified;
                response.Headers.ContentDisposition = default;
                response.Headers.ContentType = default;
                return;
            case StatusCodes.Status412PreconditionFailed:
                await RefuseAsync(http, Refusal.PreconditionFailed);
                return;
        }
        // RFC 9110 §14.2: a Range is defined for GET alone, and counts only when all preconditions hold.
        var ranges = HttpMethods.IsGet(request.Method) && Preconditions.RangeHolds(request.Headers, tag, modified)
            ? RangeHeader.Read(request.Headers.Range.FirstOrDefault(), file.Size, options.Http.MaxRanges) : null;
        if (ranges is { Count: 0 })
        {
            response.Headers.ContentRange = $"bytes */{file.Size.ToString(CultureInfo.InvariantCulture)}";
            await RefuseAsync(http, Refusal.Unsatisfiable);
            return;
        }
        if (HttpMethods.IsHead(request.Method)) response.ContentLength = file.Size;
        else if (options.Http.XAccelRedirect.Length > 0) await HandOverAsync(response, file);
        else if (ranges is null) await SendRangeAsync(http, file, new ByteRange(0, file.Size - 1));
        else if (ranges.Count == 1) await SendPartAsync(http, file, ranges[0]);
        else await MultipartRanges.SendAsync(http, file, ranges, OpenAsync);
    }

    private async Task HandOverAsync(HttpResponse response, UploadFile file)
    {
        // The proxy answers ranges itself; it keeps type, disposition and cache control of this answer.
        var location = await store.InternalLocationAsync(BlobKey.Parse(file.Blob!), CancellationToken.None);
        response.Headers["X-Accel-Redirect"] = options.Http.XAccelRedirect + location;
        response.ContentLength = 0;
    }

    private async Task SendPartAsync(HttpContext http, UploadFile file, ByteRange range)
    {
        http.Response.StatusCode = StatusCodes.Status206PartialContent;
        http.Response.Headers.ContentRange =
            string.Create(CultureInfo.InvariantCulture, $"bytes {range.First}-{range.Last}/{file.Size}");
        await SendRangeAsync(http, file, range);
    }

    private async Task SendRangeAsync(HttpContext http, UploadFile file, ByteRange range)
    {
        await using var content = await OpenAsync(file, range, http.RequestAborted);
        http.Response.ContentLength = range.Length;
        await StreamCopy.SendAsync(content, http.Response.BodyWriter, range.Length, http.RequestAborted);
    }

    private async Task<Stream> OpenAsync(UploadFile file, ByteRange range, CancellationToken cancellationToken)
    {
        var content = await store.ReadAsync(BlobKey.Parse(file.Blob!), range.First, range.Length, cancellationToken);
        if (content is not null) return content;
        // Deleted between the look-up and here, or lost: the mender finds out.
        if (await slots.FindAsync(file.Path, cancellationToken) is { } still && still.Blob == file.Blob) Log.BlobMissing(logger);
        throw new RefusedException(Refusal.NotFound);
    }

    private static async Task RefuseAsync(HttpContext http, Refusal refusal)
    {
        http.Response.Headers.ContentDisposition = default;
        http.Response.Headers.LastModified = default;
        http.Response.Headers["Repr-Digest"] = default;
        await refusal.WriteAsync(http);
    }
}
