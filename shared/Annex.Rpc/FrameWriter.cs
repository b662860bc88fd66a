// Hot path
using System.Buffers;
using Grpc.Core;

namespace Annex.Rpc;

/// <summary>Writes one message with its head into a buffer.</summary>
internal sealed class FrameWriter(IBufferWriter<byte> output, int maxBytes) : SerializationContext
{
    private bool _hasHead;

    public static void Write<T>(IBufferWriter<byte> output, T message, Marshaller<T> marshaller, int maxBytes) =>
        marshaller.ContextualSerializer(message, new FrameWriter(output, maxBytes));

    public override void SetPayloadLength(int payloadLength)
    {
        if (payloadLength > maxBytes)
            throw RpcWire.Error(StatusCode.ResourceExhausted, "a message is over the limit of the one who sends it");
        RpcWire.WriteHead(output, payloadLength);
        _hasHead = true;
    }

    public override IBufferWriter<byte> GetBufferWriter() =>
        _hasHead ? output : throw new InvalidOperationException("The length comes first.");

    public override void Complete()
    {
    }

    public override void Complete(byte[] payload)
    {
        SetPayloadLength(payload.Length);
        output.Write(payload);
    }
}
