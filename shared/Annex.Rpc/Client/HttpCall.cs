using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;

namespace Annex.Rpc;

/// <summary>One call of a client over HTTP/2, from its request to its status.</summary>
internal sealed class HttpCall<TRequest, TResponse> : IAsyncStreamReader<TResponse>, IDisposable
    where TRequest : class
    where TResponse : class
{
    private readonly HttpClient _http;
    private readonly RpcChannelOptions _options;
    private readonly Method<TRequest, TResponse> _method;
    private readonly CallOptions _callOptions;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _stop;
    private readonly Task<HttpResponseMessage> _response;
    private PipeReader? _replies;
    private Status? _status;
    private Metadata? _trailers;
    private TResponse? _current;

    /// <summary>Sends the request at once.</summary>
    public HttpCall(
        HttpClient http, RpcChannelOptions options, Method<TRequest, TResponse> method, CallOptions callOptions, TRequest request)
    {
        (_http, _options, _method, _callOptions) = (http, options, method, callOptions);
        _deadline = callOptions.Deadline is { } deadline
            ? new CancellationTokenSource(Left(deadline), options.Time)
            : new CancellationTokenSource();
        _stop = CancellationTokenSource.CreateLinkedTokenSource(callOptions.CancellationToken, _deadline.Token);
        _response = GuardAsync(() => SendAsync(request));
        HeadersAsync = ReadHeadersAsync();
        // Nobody has to ask for the headers of a call that failed.
        _ = HeadersAsync.ContinueWith(t => t.Exception, CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public Task<Metadata> HeadersAsync { get; }

    public TResponse Current => _current ?? throw new InvalidOperationException("There is no message yet, or none any more.");

    public Status GetStatus() => _status ?? throw new InvalidOperationException("The call has not ended yet.");

    public Metadata GetTrailers() => _trailers ?? throw new InvalidOperationException("The call has not ended yet.");

    public async Task<TResponse> ReadOnlyReplyAsync()
    {
        using (this)
        {
            if (!await MoveNext(CancellationToken.None))
                throw End(new Status(StatusCode.Internal, "no reply to a unary call"), []);
            var reply = Current;
            return await MoveNext(CancellationToken.None)
                ? throw End(new Status(StatusCode.Internal, "more than one reply to a unary call"), [])
                : reply;
        }
    }

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        _current = null;
        if (_status is { } ended)
            return ended.StatusCode == StatusCode.OK ? false : throw new RpcException(ended, _trailers!);
        await using var registration = cancellationToken.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), _stop);
        var response = await _response;
        _replies ??= await GuardAsync(async () => PipeReader.Create(await response.Content.ReadAsStreamAsync(_stop.Token)));
        _current = await GuardAsync(() =>
            RpcWire.ReadAsync(_replies, _method.ResponseMarshaller, _options.MaxReceiveMessageBytes, _stop.Token).AsTask());
        if (_current is not null)
            return true;
        // Trailers-Only: the headers of an empty reply are its trailers.
        var trailers = response.Headers.Contains("grpc-status") ? response.Headers : response.TrailingHeaders;
        var (status, metadata) = ReadStatus(trailers);
        var error = End(status, metadata);
        return status.StatusCode == StatusCode.OK ? false : throw error;
    }

    public void Dispose()
    {
        // What has ended is not ended again; what has not is cancelled, and the peer told so.
        if (_status is null)
            End(new Status(StatusCode.Cancelled, "disposed by the caller"), []);
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        DisposeResponse();
        _stop.Dispose();
        _deadline.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(TRequest request)
    {
        // The deadline passed before the call was made: no timer is that quick.
        _stop.Token.ThrowIfCancellationRequested();
        var body = new ArrayBufferWriter<byte>(256);
        FrameWriter.Write(body, request, _method.RequestMarshaller, _options.MaxSendMessageBytes);
        using var message = new HttpRequestMessage(HttpMethod.Post, _method.FullName)
        {
            Version = HttpVersion.Version20,
            // With http the peer is known to speak HTTP/2; with https it is negotiated, and nothing less will do.
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ReadOnlyMemoryContent(body.WrittenMemory),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(RpcWire.ContentType);
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        message.Headers.TryAddWithoutValidation("grpc-accept-encoding", "identity");
        message.Headers.TryAddWithoutValidation("user-agent", "annex-rpc");
        if (_callOptions.Deadline is { } deadline && deadline != DateTime.MaxValue)
            message.Headers.TryAddWithoutValidation("grpc-timeout", RpcWire.FormatTimeout(Left(deadline)));
        if (_options.Token is { } token)
            message.Headers.TryAddWithoutValidation("authorization", token.Header);
        foreach (var entry in _callOptions.Headers ?? [])
        {
            if (!MetadataHeaders.IsReserved(entry.Key))
                message.Headers.TryAddWithoutValidation(entry.Key, MetadataHeaders.Encode(entry));
        }
        var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, _stop.Token);
        if (Refusal(response) is not { } refusal)
            return response;
        response.Dispose();
        throw RpcWire.Error(refusal, $"the peer answered with HTTP status {(int)response.StatusCode}, not with gRPC");
    }

    private async Task<Metadata> ReadHeadersAsync()
    {
        var response = await _response;
        return response.Headers.Contains("grpc-status") ? [] : ReadMetadata(response.Headers);
    }

    // The mapping of HTTP statuses is the protocol's own (http-grpc-status-mapping).
    private static StatusCode? Refusal(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.OK when response.Headers.Contains("grpc-status")
            || response.Content.Headers.ContentType?.MediaType?.StartsWith(RpcWire.ContentType, StringComparison.Ordinal) == true =>
            null,
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };

    private static (Status Status, Metadata Trailers) ReadStatus(HttpResponseHeaders trailers)
    {
        var text = trailers.TryGetValues("grpc-status", out var codes) ? codes.First() : null;
        if (!int.TryParse(text, out var number))
            return (new Status(StatusCode.Unknown, "the peer ended the call without a status"), []);
        // A number that no specification knows is Unknown.
        var code = number is >= 0 and <= (int)StatusCode.Unauthenticated ? (StatusCode)number : StatusCode.Unknown;
        var detail = trailers.TryGetValues("grpc-message", out var details) ? RpcSentence.Decode(details.First()) : "";
        return (new Status(code, detail), ReadMetadata(trailers));
    }

    private static Metadata ReadMetadata(HttpResponseHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (key, values) in headers)
        {
            foreach (var value in values)
                MetadataHeaders.Decode(key, value, metadata);
        }
        return metadata;
    }

    private TimeSpan Left(DateTime deadline)
    {
        var left = deadline.ToUniversalTime() - _options.Time.GetUtcNow().UtcDateTime;
        // A timer of .NET takes no more than some 49 days.
        return left < TimeSpan.Zero ? TimeSpan.Zero : left > TimeSpan.FromDays(49) ? TimeSpan.FromDays(49) : left;
    }

    private async Task<T> GuardAsync<T>(Func<Task<T>> step)
    {
        try
        {
            return await step();
        }
        catch (Exception e) when (Judge(e) is { } status)
        {
            var error = End(status, (e as RpcException)?.Trailers ?? []);
            // A read that is cancelled leaves the stream open; only this tells the peer that nobody reads on.
            DisposeResponse();
            throw error;
        }
    }

    private void DisposeResponse()
    {
        if (_response is { IsCompletedSuccessfully: true })
            _response.Result.Dispose();
    }

    private Status? Judge(Exception exception) => exception switch
    {
        RpcException e => e.Status,
        OperationCanceledException when _deadline.IsCancellationRequested =>
            new Status(StatusCode.DeadlineExceeded, "deadline exceeded", exception),
        OperationCanceledException => new Status(StatusCode.Cancelled, "cancelled by the caller", exception),
        HttpProtocolException e => FromReset(e.ErrorCode, e),
        HttpRequestException { InnerException: HttpProtocolException e } => FromReset(e.ErrorCode, e),
        IOException { InnerException: HttpProtocolException e } => FromReset(e.ErrorCode, e),
        // Nothing the peer said: it cannot be reached, or it broke off.
        HttpRequestException or IOException => new Status(StatusCode.Unavailable, exception.Message, exception),
        _ => null,
    };

    // HTTP/2 error codes (RFC 9113 §7) as gRPC maps them.
    private Status FromReset(long code, Exception exception) => code switch
    {
        0x8 when _deadline.IsCancellationRequested => new Status(StatusCode.DeadlineExceeded, "deadline exceeded", exception),
        0x8 => new Status(StatusCode.Cancelled, "cancelled by the peer", exception),
        0x7 => new Status(StatusCode.Unavailable, "refused by the peer", exception),
        0xB => new Status(StatusCode.ResourceExhausted, "too much for the peer", exception),
        0xC => new Status(StatusCode.PermissionDenied, "the connection is not secure enough for the peer", exception),
        _ => new Status(StatusCode.Internal, exception.Message, exception),
    };

    private RpcException End(Status status, Metadata trailers)
    {
        if (_status is null)
        {
            (_status, _trailers) = (status, trailers);
            RpcMetrics.CountMade(_method, status.StatusCode, "grpc");
        }
        return new RpcException(status, trailers);
    }
}
