// Hot path
using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using Grpc.Core;

namespace Annex.Rpc;

/// <summary>The framing of gRPC over HTTP/2: length-prefixed messages and time-outs.</summary>
internal static class RpcWire
{
    public const string ContentType = "application/grpc";

    /// <summary>One byte that says whether the message is compressed, and its length as four bytes, the highest first.</summary>
    public const int HeadLength = 5;

    public static void WriteHead(IBufferWriter<byte> output, int length)
    {
        var head = output.GetSpan(HeadLength);
        head[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(head[1..], (uint)length);
        output.Advance(HeadLength);
    }

    /// <summary>Reads one message; null at the end of the stream.</summary>
    /// <exception cref="RpcException">Compressed, too long, cut off, or not a message of this type.</exception>
    public static async ValueTask<T?> ReadAsync<T>(
        PipeReader input, Marshaller<T> marshaller, int maxBytes, CancellationToken cancellationToken)
        where T : class
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (TryRead(buffer, marshaller, maxBytes, out var message, out var end))
            {
                input.AdvanceTo(end);
                return message;
            }
            if (result.IsCompleted)
            {
                if (buffer.IsEmpty)
                    return null;
                throw Error(StatusCode.Internal, "the stream ended inside a message");
            }
            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static bool TryRead<T>(
        in ReadOnlySequence<byte> buffer, Marshaller<T> marshaller, int maxBytes, out T? message, out SequencePosition end)
        where T : class
    {
        message = null;
        end = default;
        if (buffer.Length < HeadLength)
            return false;
        Span<byte> head = stackalloc byte[HeadLength];
        buffer.Slice(0, HeadLength).CopyTo(head);
        if (head[0] != 0)
            throw Error(StatusCode.Unimplemented, "the message is compressed, and no grpc-encoding was agreed");
        var length = BinaryPrimitives.ReadUInt32BigEndian(head[1..]);
        if (length > (uint)maxBytes)
            throw Error(StatusCode.ResourceExhausted, "a message is over the limit of the one who receives it");
        if (buffer.Length < HeadLength + length)
            return false;
        var payload = buffer.Slice(HeadLength, length);
        try
        {
            message = marshaller.ContextualDeserializer(new PayloadReader(payload));
        }
        catch (Google.Protobuf.InvalidProtocolBufferException e)
        {
            throw new RpcException(new Status(StatusCode.Internal, "not a message of the type that was expected", e));
        }
        end = payload.End;
        return true;
    }

    /// <summary>Reads grpc-timeout (1 to 8 digits and a unit); null where there is none or it is malformed.</summary>
    public static TimeSpan? ParseTimeout(string? text)
    {
        if (text is not { Length: >= 2 and <= 9 } ||
            !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var n))
        {
            return null;
        }
        return text[^1] switch
        {
            'H' => TimeSpan.FromHours(n),
            'M' => TimeSpan.FromMinutes(n),
            'S' => TimeSpan.FromSeconds(n),
            'm' => TimeSpan.FromMilliseconds(n),
            'u' => TimeSpan.FromMicroseconds(n),
            'n' => TimeSpan.FromTicks(Math.Max(1, n / TimeSpan.NanosecondsPerTick)),
            _ => null,
        };
    }

    public static string FormatTimeout(TimeSpan timeout)
    {
        const long MostDigits = 99_999_999;
        var milliseconds = Math.Max(1, (long)Math.Ceiling(timeout.TotalMilliseconds));
        return milliseconds <= MostDigits
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds}m")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Min(MostDigits, milliseconds / 1000)}S");
    }

    public static RpcException Error(StatusCode code, string detail) => new(new Status(code, detail));

    private sealed class PayloadReader(ReadOnlySequence<byte> payload) : DeserializationContext
    {
        public override int PayloadLength => (int)payload.Length;

        public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => payload;
    }
}
