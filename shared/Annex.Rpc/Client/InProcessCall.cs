using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Annex.Rpc;

/// <summary>One call inside the process, as both ends see it.</summary>
internal sealed class InProcessCall : ServerCallContext, IDisposable
{
    private readonly IMethod _method;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _stop;
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private Status? _endStatus;
    private Metadata? _endTrailers;

    public InProcessCall(IMethod method, CallOptions options, ILogger logger)
    {
        (_method, _logger) = (method, logger);
        Deadline = options.Deadline ?? DateTime.MaxValue;
        RequestHeaders = options.Headers ?? [];
        var left = Deadline == DateTime.MaxValue ? Timeout.InfiniteTimeSpan : Deadline.ToUniversalTime() - DateTime.UtcNow;
        _deadline = left == Timeout.InfiniteTimeSpan || left > TimeSpan.FromDays(49)
            ? new CancellationTokenSource()
            : new CancellationTokenSource(left < TimeSpan.Zero ? TimeSpan.Zero : left);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, _deadline.Token);
        CancellationToken = _stop.Token;
    }

    public override string Method => _method.FullName;

    public override string Host => "";

    public override string Peer => "inprocess";

    public override DateTime Deadline { get; }

    public override Metadata RequestHeaders { get; }

    public override CancellationToken CancellationToken { get; }

    public Task<Metadata> HeadersAsync => _headers.Task;

    public Status EndStatus => _endStatus ?? throw new InvalidOperationException("The call has not ended yet.");

    public Metadata EndTrailers => _endTrailers ?? throw new InvalidOperationException("The call has not ended yet.");

    public override Task WriteResponseHeadersAsync(Metadata responseHeaders) =>
        _headers.TrySetResult(responseHeaders)
            ? Task.CompletedTask
            : throw new InvalidOperationException("The headers are on their way already.");

    public void Cancel()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    /// <summary>The method returned; null where its status is OK.</summary>
    public RpcException? End()
    {
        var error = Finish(Status, ResponseTrailers);
        return Status.StatusCode == StatusCode.OK ? null : error;
    }

    public RpcException End(Exception exception)
    {
        var (status, trailers, isBug) = RpcHandler.Judge(
            exception, _deadline.IsCancellationRequested, _stop.IsCancellationRequested);
        if (isBug)
        {
            RpcMetrics.CountFailure(_method);
            Log.MethodFailed(_logger, _method.FullName, exception);
        }
        return Finish(status, trailers.Count > 0 ? trailers : ResponseTrailers);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _deadline.Dispose();
    }

    private RpcException Finish(Status status, Metadata trailers)
    {
        if (_endStatus is null)
        {
            (_endStatus, _endTrailers) = (status, trailers);
            _headers.TrySetResult([]);
            RpcMetrics.CountMade(_method, status.StatusCode, "inprocess");
            RpcMetrics.CountServed(_method, status.StatusCode, TimeProvider.System.GetElapsedTime(_started), "inprocess");
        }
        return new RpcException(status, trailers);
    }
}
