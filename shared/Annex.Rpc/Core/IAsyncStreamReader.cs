namespace Grpc.Core;

/// <summary>Gives messages one after the other. <see cref="Current"/> is valid after a <see cref="MoveNext"/> that said true.</summary>
public interface IAsyncStreamReader<out T>
{
    T Current { get; }

    /// <summary>False at the end of a stream that ended with OK.</summary>
    /// <exception cref="RpcException">The stream ended otherwise.</exception>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}
