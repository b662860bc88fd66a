using Grpc.Core;

namespace Annex.Rpc;

internal sealed class UnaryHandler<TRequest, TResponse>(
    Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse> invoke) : RpcHandler(method)
    where TRequest : class
    where TResponse : class
{
    public Task<TResponse> InvokeAsync(TRequest request, ServerCallContext context) => invoke(request, context);

    public override async Task ServeAsync(HttpCallContext call)
    {
        var request = await call.ReadRequestAsync(method.RequestMarshaller);
        // WaitAsync: a method that does not look at its token still ends for the caller when the deadline passes.
        var reply = await invoke(request, call).WaitAsync(call.CancellationToken);
        if (call.Status.StatusCode == StatusCode.OK)
            call.Write(reply, method.ResponseMarshaller);
    }
}
