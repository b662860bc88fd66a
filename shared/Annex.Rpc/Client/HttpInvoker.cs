using Grpc.Core;

namespace Annex.Rpc;

/// <summary>Carries calls over a channel.</summary>
internal sealed class HttpInvoker(HttpClient http, RpcChannelOptions options) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions callOptions, TRequest request)
    {
        using var call = AsyncUnaryCall(method, host, callOptions, request);
        return call.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions callOptions, TRequest request)
    {
        if (callOptions.Deadline is null)
            callOptions = callOptions.WithDeadline(options.Time.GetUtcNow().UtcDateTime + options.DefaultTimeout);
        var call = new HttpCall<TRequest, TResponse>(http, options, method, callOptions, request);
        return new AsyncUnaryCall<TResponse>(
            call.ReadOnlyReplyAsync(), call.HeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions callOptions, TRequest request)
    {
        var call = new HttpCall<TRequest, TResponse>(http, options, method, callOptions, request);
        return new AsyncServerStreamingCall<TResponse>(
            call, call.HeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }
}
