using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Annex.Rpc;

/// <summary>Carries calls into implementations of this process: see <see cref="RpcServiceMap.CreateInvoker"/>.</summary>
internal sealed class InProcessInvoker(RpcServiceMap services, ILogger logger) : CallInvoker
{
    /// <summary>Replies that a stream's writer may be ahead of its reader.</summary>
    private const int StreamCapacity = 16;

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using var call = AsyncUnaryCall(method, host, options, request);
        return call.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        if (options.Deadline is null)
            options = options.WithDeadline(DateTime.UtcNow + RpcChannelOptions.UnaryTimeout);
        var call = new InProcessCall(method, options, logger);
        return new AsyncUnaryCall<TResponse>(
            RunAsync(), call.HeadersAsync, () => call.EndStatus, () => call.EndTrailers, call.Cancel);

        async Task<TResponse> RunAsync()
        {
            using (call)
            {
                try
                {
                    var reply = await Find<UnaryHandler<TRequest, TResponse>>(method).InvokeAsync(request, call)
                        .WaitAsync(call.CancellationToken);
                    return call.End() is { } error ? throw error : reply;
                }
                catch (Exception e)
                {
                    throw call.End(e);
                }
            }
        }
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var call = new InProcessCall(method, options, logger);
        var replies = Channel.CreateBounded<TResponse>(
            new BoundedChannelOptions(StreamCapacity) { SingleReader = true, SingleWriter = true });
        // The task ends with the channel, whose reader sees how; the call is its owner.
        _ = Task.Run(RunAsync, CancellationToken.None);
        return new AsyncServerStreamingCall<TResponse>(
            new Reader<TResponse>(replies.Reader, call), call.HeadersAsync, () => call.EndStatus, () => call.EndTrailers,
            call.Cancel);

        async Task RunAsync()
        {
            using (call)
            {
                try
                {
                    await Find<StreamingHandler<TRequest, TResponse>>(method)
                        .InvokeAsync(request, new Writer<TResponse>(replies.Writer, call), call)
                        .WaitAsync(call.CancellationToken);
                    replies.Writer.TryComplete(call.End());
                }
                catch (Exception e)
                {
                    replies.Writer.TryComplete(call.End(e));
                }
            }
        }
    }

    private THandler Find<THandler>(IMethod method)
        where THandler : RpcHandler =>
        services.Handlers.TryGetValue(method.FullName, out var handler) && handler is THandler found
            ? found
            : throw RpcWire.Error(StatusCode.Unimplemented, "no such method");

    private sealed class Writer<T>(ChannelWriter<T> replies, InProcessCall call) : IServerStreamWriter<T>
    {
        public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

        public async Task WriteAsync(T message, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await replies.WriteAsync(message, call.CancellationToken);
        }
    }

    private sealed class Reader<T>(ChannelReader<T> replies, InProcessCall call) : IAsyncStreamReader<T>
    {
        private T? _current;

        public T Current => _current ?? throw new InvalidOperationException("There is no message yet, or none any more.");

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            await using var registration =
                cancellationToken.UnsafeRegister(static s => ((InProcessCall)s!).Cancel(), call);
            _current = default;
            if (!await replies.WaitToReadAsync(CancellationToken.None))
                return false;
            return replies.TryRead(out _current);
        }
    }
}
