using Grpc.Core;

namespace Annex.Rpc;

/// <summary>One method of one implementation, as the listener and the in-process invoker call it.</summary>
internal abstract class RpcHandler(IMethod method)
{
    public IMethod Method { get; } = method;

    /// <summary>Reads the request, runs the method, writes the replies; the status is left to the caller.</summary>
    public abstract Task ServeAsync(HttpCallContext call);

    /// <summary>How a call ended, from the exception that it ended with. A bug of ours is reported, and named to nobody.</summary>
    public static (Status Status, Metadata Trailers, bool IsBug) Judge(
        Exception exception, bool isDeadlinePassed, bool isCancelled) => exception switch
        {
            RpcException e => (e.Status, e.Trailers, false),
            OperationCanceledException when isDeadlinePassed =>
                (new Status(StatusCode.DeadlineExceeded, "deadline exceeded"), [], false),
            OperationCanceledException when isCancelled => (new Status(StatusCode.Cancelled, "cancelled by the caller"), [], false),
            _ => (new Status(StatusCode.Unknown, "exception was thrown by the service", exception), [], true),
        };
}
