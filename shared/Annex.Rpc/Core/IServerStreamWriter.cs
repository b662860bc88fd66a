namespace Grpc.Core;

/// <summary>Where a service writes the replies of a stream.</summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>;
