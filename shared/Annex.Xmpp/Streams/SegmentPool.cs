// Hot path
namespace Annex.Xmpp.Streams;

/// <summary>Segments of outgoing queues that are free. The framework's pool keeps 32 of this size per core, half a millisecond of a
/// busy room's output: beyond that each segment would be allocated anew.</summary>
internal static class SegmentPool
{
    /// <summary>16 MiB at most: what a queue holds when its producers begin to wait.</summary>
    private const int MaxFree = 256;

    private static readonly Lock Gate = new();
    private static readonly byte[][] Free = new byte[MaxFree][];
    private static int _count;

    /// <returns>Of exactly <see cref="SegmentBuffer.SegmentSize"/>, with old content.</returns>
    public static byte[] Rent()
    {
        lock (Gate)
        {
            if (_count > 0)
                return Free[--_count];
        }
        return GC.AllocateUninitializedArray<byte>(SegmentBuffer.SegmentSize);
    }

    public static void Return(byte[] segment)
    {
        lock (Gate)
        {
            if (_count < MaxFree)
                Free[_count++] = segment;
        }
    }
}
