// Hot path
namespace Annex.Muc.Rooms;

/// <summary>
/// Since when there are messages that are being stored, or are stored, and that the server may not have been given yet. Kept with
/// each commit, it says after a crash which messages somebody may have missed: they are repeated, with the ids they had.
/// </summary>
/// <param name="sentBytes">How much the server has been given so far, on the scale of the positions.</param>
internal sealed class Undelivered(Func<long> sentBytes, TimeProvider time)
{
    /// <summary>The kernel has taken the bytes, and with a process that is killed it may throw away what the server has not read.</summary>
    private static readonly long Grace = TimeSpan.FromMilliseconds(300).Ticks / Slice;

    // Coarse enough that a busy service has a handful of entries, fine enough that few messages are repeated for nothing.
    private const long Slice = TimeSpan.TicksPerMillisecond * 20;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, int> _slices = [];
    private readonly Queue<(long Position, long Slice)> _queued = [];

    /// <summary>A message goes to the store.</summary>
    public void Add(DateTimeOffset at)
    {
        var slice = at.UtcTicks / Slice;
        lock (_gate)
            _slices[slice] = _slices.GetValueOrDefault(slice) + 1;
    }

    /// <summary>It stands in the queue to the server, which has been given it when so many bytes have been sent.</summary>
    public void Queued(DateTimeOffset at, long position)
    {
        lock (_gate)
            _queued.Enqueue((position, at.UtcTicks / Slice));
    }

    /// <summary>It was refused, and nobody will see it.</summary>
    public void Remove(DateTimeOffset at)
    {
        lock (_gate)
            RemoveLocked(at.UtcTicks / Slice);
    }

    /// <summary>Null: everything has been given to the server.</summary>
    public DateTimeOffset? Since()
    {
        var sent = sentBytes();
        var old = (time.GetUtcNow().UtcTicks / Slice) - Grace;
        lock (_gate)
        {
            while (_queued.TryPeek(out var next) && next.Position <= sent && next.Slice <= old)
                RemoveLocked(_queued.Dequeue().Slice);
            foreach (var slice in _slices.Keys)
                return new DateTimeOffset(slice * Slice, TimeSpan.Zero);
            return null;
        }
    }

    private void RemoveLocked(long slice)
    {
        var left = _slices.GetValueOrDefault(slice) - 1;
        if (left > 0)
            _slices[slice] = left;
        else
            _slices.Remove(slice);
    }
}
