using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Annex.Rpc;
using Grpc.Core;

namespace Annex.Fuzz;

/// <summary>gRPC's framing: the same messages and the same refusal, however the bytes arrive.</summary>
internal static class RpcTarget
{
    private const int MaxBytes = 200;

    private static readonly Marshaller<byte[]> Bytes = new((_, _) => { }, context => context.PayloadAsReadOnlySequence().ToArray());

    public static void Run(byte[] input)
    {
        string whole = Read(input, input.Length);
        foreach (int piece in (int[])[1, 7])
            FuzzTargets.Require(Read(input, piece) == whole, $"in pieces of {piece} bytes it reads differently");
        if (RpcWire.ParseTimeout(Encoding.Latin1.GetString(input)) is { } timeout)
        {
            FuzzTargets.Require(timeout >= TimeSpan.Zero, "a time-out before its beginning");
            FuzzTargets.Require(RpcWire.ParseTimeout(RpcWire.FormatTimeout(timeout)) is not null, "a time-out that does not come back");
        }
    }

    private static string Read(byte[] input, int piece)
    {
        var pipe = new Pipe();
        var found = new StringBuilder();
        int at = 0;
        try
        {
            while (true)
            {
                var reading = RpcWire.ReadAsync(pipe.Reader, Bytes, MaxBytes, CancellationToken.None);
                while (!reading.IsCompleted) Feed(pipe.Writer, input, ref at, piece);
                if (reading.GetAwaiter().GetResult() is not { } message) break;
                FuzzTargets.Require(message.Length <= MaxBytes, "longer than is allowed");
                found.Append(Convert.ToHexString(message)).Append('\n');
            }
        }
        catch (RpcException refusal)
        {
            found.Append(refusal.StatusCode);
        }

        pipe.Reader.Complete();
        pipe.Writer.Complete();
        return found.ToString();
    }

    private static void Feed(PipeWriter writer, byte[] input, ref int at, int piece)
    {
        int length = Math.Min(Math.Max(piece, 1), input.Length - at);
        if (length == 0)
        {
            writer.Complete();
            return;
        }

        writer.Write(input.AsSpan(at, length));
        at += length;
        var flush = writer.FlushAsync();
        FuzzTargets.Require(flush.IsCompleted, "the reader holds the writer back");
    }
}
