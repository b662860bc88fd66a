using System.Threading.Channels;

namespace Annex.Muc.Storage;

/// <summary>What was committed, for those who watch the rooms by a call: no database and no broker between, so that an event that
/// is lost or late does not go unnoticed.</summary>
internal sealed class CommittedRooms
{
    // Changes that one watcher may be behind; then it is cut off and lists the rooms anew.
    private const int MaxBehind = 10_000;

    private readonly Lock _gate = new();
    private readonly List<Channel<CommittedRoom>> _watchers = [];
    private long _count;

    /// <summary>How many there were: whoever finds it as it was has seen nothing change.</summary>
    public long Count => Volatile.Read(ref _count);

    public void Tell(CommittedRoom item)
    {
        Interlocked.Increment(ref _count);
        lock (_gate)
        {
            foreach (var watcher in _watchers)
            {
                if (!watcher.Writer.TryWrite(item))
                    watcher.Writer.TryComplete();
            }
        }
    }

    /// <summary>All that is told from now on. It is completed when the reader falls too far behind.</summary>
    public (ChannelReader<CommittedRoom> News, IDisposable Watch) Watch()
    {
        var channel = Channel.CreateBounded<CommittedRoom>(new BoundedChannelOptions(MaxBehind) { SingleReader = true });
        lock (_gate)
            _watchers.Add(channel);
        return (channel.Reader, new Watcher(this, channel));
    }

    private sealed class Watcher(CommittedRooms news, Channel<CommittedRoom> channel) : IDisposable
    {
        public void Dispose()
        {
            lock (news._gate)
                news._watchers.Remove(channel);
        }
    }
}
