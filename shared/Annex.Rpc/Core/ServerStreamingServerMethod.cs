namespace Grpc.Core;

/// <summary>A service's side of a call with one request and any number of replies. The stream ends when the task does.</summary>
public delegate Task ServerStreamingServerMethod<in TRequest, TResponse>(
    TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context)
    where TRequest : class where TResponse : class;
