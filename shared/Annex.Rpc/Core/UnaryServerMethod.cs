namespace Grpc.Core;

/// <summary>A service's side of a call with one request and one reply.</summary>
public delegate Task<TResponse> UnaryServerMethod<in TRequest, TResponse>(TRequest request, ServerCallContext context)
    where TRequest : class where TResponse : class;
