using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Annex.Upload.Blobs;
using Annex.Upload.Intake;
using Annex.Upload.Scanning;
using Annex.Upload.Slots;
using Annex.Upload.Storage;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Annex.Upload.Http;

/// <summary>PUT of a file into its slot. Length and type are held to the slot while the body streams by; no part of it is ever
/// in memory twice, and none is visible before all of it is.</summary>
public sealed class PutHandler(
    UploadAccess access, IBlobStore store, Publisher publisher, SlotTable slots, ActiveUploads active, FileTable files,
    SlotUrls urls, UploadOptions options, UploadMetrics metrics, TimeProvider time, ILogger<PutHandler> logger)
{
    // Kestrel receives 4 KiB at a time: eight of them make one write. A slow upload holds no more than this.
    private const int PieceBytes = 32 * 1024;

    // A chunk of one byte takes six.
    private const int ChunkFraming = 6;
    private const int ChunkTrailer = 64 * 1024;

    public async Task HandleAsync(HttpContext http, string path)
    {
        var file = default(UploadFile);
        var token = SlotUrls.TakeToken(ref path);
        try
        {
            if (!SlotPath.IsPlausible(path)) throw new RefusedException(Refusal.NotFound);
            file = await access.AdmitAsync(http.Request, path, token, http.RequestAborted);
            CheckHeaders(http.Request, file);
            if (!active.TryEnter(path, out var ticket, out var isSlotBusy))
            {
                throw new RefusedException(isSlotBusy ? Refusal.Busy : Refusal.TooMany);
            }
            using (ticket)
            {
                // From here on the slot may take longer than its own time.
                await slots.RenewAsync([path], time.GetUtcNow() + LeaseKeeper.Lease, http.RequestAborted);
                await ReceiveAsync(http, file);
            }
            Confirm(http.Response, file);
        }
        catch (ScannerException exception)
        {
            Log.ScannerFailed(logger, exception);
            await RefuseAsync(http, Refusal.Unavailable);
        }
        catch (RefusedException exception)
        {
            await RefuseAsync(http, exception.Refusal);
        }
        catch (BadHttpRequestException exception)
        {
            // Kestrel's own: longer than allowed, broken chunks, slower than allowed, gone in the middle.
            await RefuseAsync(http, exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? Refusal.TooLong : new Refusal(exception.StatusCode, "The body is broken."));
        }
        finally
        {
            metrics.UploadEnded(http.Response.StatusCode, file?.Size ?? 0);
        }
    }

    private static void CheckHeaders(HttpRequest request, UploadFile file)
    {
        if (file.State != FileState.Reserved) throw new RefusedException(Refusal.Used);
        // XEP-0363 §7: MUST reject where the Content-Length does not match the size. Chunked ones are counted instead.
        if (request.ContentLength is { } length && length != file.Size)
        {
            throw new RefusedException(length > file.Size ? Refusal.TooLong : Refusal.TooShort);
        }
        // RFC 9112 §6.3: both at once is how requests are smuggled past a proxy. Kestrel moves the length aside.
        if (request.Headers.TransferEncoding.Count > 0 && request.Headers.ContainsKey("X-Content-Length"))
        {
            throw new RefusedException(Refusal.Ambiguous);
        }
        // RFC 9112 §6.1: Kestrel takes the chunks apart, and whatever else is named would be stored as if it were the file.
        if (request.Headers.TransferEncoding.Count > 0
            && !request.Headers.TransferEncoding.ToString().Trim().Equals("chunked", StringComparison.OrdinalIgnoreCase))
        {
            throw new RefusedException(Refusal.UnknownCoding);
        }
        if (request.Headers.ContentRange.Count > 0) throw new RefusedException(Refusal.Partial); // RFC 9110 §14.4
        if (request.Headers.ContentEncoding.Count > 0) throw new RefusedException(Refusal.Encoded);
        if (!file.IsTypeBound || string.IsNullOrWhiteSpace(request.ContentType)) return;
        // Parameters (charset, codecs) are added by HTTP libraries on their own; what is served is the slot's type anyway.
        if (!MediaType.TryParse(request.ContentType, out var given) || !MediaType.TryParse(file.ContentType, out var bound)
            || given.Essence != bound.Essence) throw new RefusedException(Refusal.WrongType);
    }

    private async Task ReceiveAsync(HttpContext http, UploadFile file)
    {
        // Kestrel counts the framing of chunks too; what they carry is counted in CopyAsync.
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = http.Request.ContentLength is null
            ? checked(file.Size * ChunkFraming + ChunkTrailer) : file.Size;
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = new(options.Http.MinBytesPerSecond, options.Http.SlowGrace);
        }
        var blob = BlobKey.Create();
        byte[] sha256;
        await using (var writer = await store.CreateAsync(blob, file.Size, http.RequestAborted))
        {
            sha256 = await CopyAsync(http.Request.BodyReader, writer, file.Size, http.RequestAborted);
            await writer.CompleteAsync(http.RequestAborted);
        }
        // All is here: a client that hangs up now has still uploaded its file.
        switch (await publisher.PublishAsync(file, blob, sha256, CancellationToken.None))
        {
            case IntakeOutcome.Lost: throw new RefusedException(Refusal.Used);
            case IntakeOutcome.Blocked or IntakeOutcome.Infected:
                await files.DeleteAsync([await IdAsync(file)], DeleteReason.Blocked, time.GetUtcNow(), CancellationToken.None);
                throw new RefusedException(Refusal.Blocked);
        }
    }

    /// <summary>From the connection's own buffers to the store, hashed on the way.</summary>
    private static async Task<byte[]> CopyAsync(
        PipeReader body, IBlobWriter writer, long size, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var received = 0L;
        while (true)
        {
            var wanted = (int)Math.Clamp(size - received, 1, PieceBytes);
            var read = await body.ReadAtLeastAsync(wanted, cancellationToken);
            var buffer = read.Buffer;
            received += buffer.Length;
            if (received > size)
            {
                // Given back all the same: a reader left in the middle is an error of ours in Kestrel's log.
                body.AdvanceTo(buffer.End);
                throw new RefusedException(Refusal.TooLong);
            }
            if (!buffer.IsEmpty)
            {
                foreach (var segment in buffer) hash.AppendData(segment.Span);
                await writer.WriteAsync(buffer, cancellationToken);
            }
            body.AdvanceTo(buffer.End);
            if (read.IsCompleted) break;
        }
        return received == size ? hash.GetHashAndReset() : throw new RefusedException(Refusal.TooShort);
    }

    private async Task<long> IdAsync(UploadFile file) =>
        (await slots.FindAsync(file.Path, CancellationToken.None))?.Id ?? 0;

    // XEP-0363 §7: 201 means that the file is ready to be served.
    private void Confirm(HttpResponse response, UploadFile file)
    {
        response.StatusCode = StatusCodes.Status201Created;
        response.Headers.Location = urls.Get(file.Path).AbsoluteUri;
        response.Headers.ETag = ResponseHeaders.TagOf(file).ToString();
        response.Headers.CacheControl = "no-store";
        response.ContentLength = 0;
    }

    private async Task RefuseAsync(HttpContext http, Refusal refusal)
    {
        Log.UploadRefused(logger, refusal.Status, refusal.Reason);
        if (http.Response.HasStarted || http.RequestAborted.IsCancellationRequested) return;
        // The rest of the body is not worth reading.
        if (http.Request.Protocol == "HTTP/1.1") http.Response.Headers.Connection = "close";
        await refusal.WriteAsync(http);
    }
}
