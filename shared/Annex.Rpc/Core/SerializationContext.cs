using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a message is written. Either <see cref="Complete(byte[])"/> alone, or the length, the writer and
/// <see cref="Complete()"/>.</summary>
public abstract class SerializationContext
{
    public abstract void SetPayloadLength(int payloadLength);

    public abstract IBufferWriter<byte> GetBufferWriter();

    public abstract void Complete();

    public abstract void Complete(byte[] payload);
}
