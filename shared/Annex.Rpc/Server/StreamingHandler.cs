using Grpc.Core;

namespace Annex.Rpc;

internal sealed class StreamingHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse> invoke) : RpcHandler(method)
    where TRequest : class
    where TResponse : class
{
    public Task InvokeAsync(TRequest request, IServerStreamWriter<TResponse> replies, ServerCallContext context) =>
        invoke(request, replies, context);

    public override async Task ServeAsync(HttpCallContext call)
    {
        var request = await call.ReadRequestAsync(method.RequestMarshaller);
        await invoke(request, new Writer(call, method.ResponseMarshaller), call).WaitAsync(call.CancellationToken);
    }

    private sealed class Writer(HttpCallContext call, Marshaller<TResponse> marshaller) : IServerStreamWriter<TResponse>
    {
        public Task WriteAsync(TResponse message) => WriteAsync(message, CancellationToken.None);

        public async Task WriteAsync(TResponse message, CancellationToken cancellationToken)
        {
            call.CancellationToken.ThrowIfCancellationRequested();
            cancellationToken.ThrowIfCancellationRequested();
            call.Write(message, marshaller);
            await call.FlushAsync();
        }
    }
}
