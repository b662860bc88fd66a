using System.Buffers;
using System.Net;

namespace Annex.Upload.Blobs.S3;

/// <summary>
/// One PUT to the bucket whose body is written as it arrives: no copy in memory or on disk. S3 makes an object visible only
/// when all of the announced length has arrived, so an aborted request leaves nothing.
/// </summary>
internal sealed class S3BlobWriter : IBlobWriter
{
    private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abort = new();
    private readonly Task<HttpResponseMessage> _response;

    public S3BlobWriter(HttpClient http, Uri signedUrl, long length)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, signedUrl) { Content = new Body(this, length) };
        _response = SendAsync(http, request);
    }

    public async ValueTask WriteAsync(ReadOnlySequence<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            // The store may answer (an error) before it has taken the body.
            await Task.WhenAny(_opened.Task, _response).WaitAsync(cancellationToken);
            if (!_opened.Task.IsCompletedSuccessfully) await _response;
            var stream = await _opened.Task;
            foreach (var segment in data) await stream.WriteAsync(segment, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or ObjectDisposedException)
        {
            throw new BlobStoreException("the object store took no more of a blob", exception);
        }
    }

    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        try
        {
            _finished.TrySetResult();
            using var response = await _response.WaitAsync(cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new BlobStoreException($"the object store refused a blob with {(int)response.StatusCode}")
                {
                    IsFull = response.StatusCode == HttpStatusCode.InsufficientStorage,
                };
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new BlobStoreException("the object store did not complete a blob", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_finished.Task.IsCompletedSuccessfully)
        {
            await _abort.CancelAsync();
            _finished.TrySetCanceled();
        }
        await ((Task)_response).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_response.IsCompletedSuccessfully) (await _response).Dispose();
        _abort.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpRequestMessage request)
    {
        using (request)
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _abort.Token);
        }
    }

    /// <summary>Lends the connection's stream to the writer and ends when the writer is done.</summary>
    private sealed class Body(S3BlobWriter writer, long length) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            writer._opened.TrySetResult(stream);
            await writer._finished.Task;
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}
