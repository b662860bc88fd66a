namespace Grpc.Core;

/// <summary>Takes messages one after the other: the next write waits for the last one's task.</summary>
public interface IAsyncStreamWriter<in T>
{
    Task WriteAsync(T message);

    Task WriteAsync(T message, CancellationToken cancellationToken);
}
