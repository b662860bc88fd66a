using System.Diagnostics;

namespace Annex.Load;

/// <summary>
/// Messages with a bounded number on their way, and when each has reached all of its room's occupants. Deliveries are
/// counted, not told apart: with one sender of messages at a time the n-th message is complete when all copies of the
/// first n are there.
/// </summary>
internal sealed class Conversation
{
    private readonly SemaphoreSlim _arrived = new(0);
    private long _messages;
    private long _presences;
    private long _iqs;
    private long _bytes;

    public long Messages => Interlocked.Read(ref _messages);

    public long Presences => Interlocked.Read(ref _presences);

    public long Iqs => Interlocked.Read(ref _iqs);

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Takes over what a reader has counted since it told last.</summary>
    public void Add(in StanzaScan now, ref (long Messages, long Presences, long Iqs, long Bytes) told)
    {
        Interlocked.Add(ref _messages, now.Messages - told.Messages);
        Interlocked.Add(ref _presences, now.Presences - told.Presences);
        Interlocked.Add(ref _iqs, now.Iqs - told.Iqs);
        Interlocked.Add(ref _bytes, now.Bytes - told.Bytes);
        told = (now.Messages, now.Presences, now.Iqs, now.Bytes);
        if (_arrived.CurrentCount == 0)
            _arrived.Release();
    }

    /// <summary>The same where only some messages count.</summary>
    public void Add(in StanzaScan now, int messages, ref (long Messages, long Presences, long Iqs, long Bytes) told)
    {
        told.Messages = now.Messages - messages;
        Add(now, ref told);
    }

    public async Task UntilAsync(Func<bool> holds, CancellationToken cancellationToken)
    {
        while (!holds())
            await _arrived.WaitAsync(cancellationToken);
    }

    /// <summary>Until nothing has come for a while: subjects and late presence would count as messages otherwise.</summary>
    public async Task UntilQuietAsync(CancellationToken cancellationToken)
    {
        for (long before = -1; Bytes != before;)
        {
            before = Bytes;
            await Task.Delay(300, cancellationToken);
        }
    }

    /// <param name="copies">Occupants of each room.</param>
    /// <param name="window">Messages on their way at once.</param>
    /// <param name="seconds">How long messages are sent.</param>
    /// <param name="pids">Processes whose CPU is watched.</param>
    /// <param name="send">Sends the messages with these numbers, in one write where that can be.</param>
    public async Task<TalkFigures> TalkAsync(int copies, int window, double seconds, int[] pids,
        Func<int, int, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        var (messages, bytes) = (Messages, Bytes);
        var latencies = new Latencies();
        var onTheirWay = new Queue<(long Needed, long Time)>();
        var cpu = pids.Select(ProcessFigures.CpuSeconds).ToArray();
        var watch = Stopwatch.StartNew();
        var needed = messages;
        for (var sent = 0; watch.Elapsed.TotalSeconds < seconds || onTheirWay.Count > 0;)
        {
            var more = watch.Elapsed.TotalSeconds < seconds ? window - onTheirWay.Count : 0;
            if (more > 0)
            {
                var now = Stopwatch.GetTimestamp();
                for (var i = 0; i < more; i++)
                    onTheirWay.Enqueue((needed += copies, now));
                await send(sent, more, cancellationToken);
                sent += more;
            }
            var first = onTheirWay.Peek().Needed;
            await UntilAsync(() => Messages >= first, cancellationToken);
            while (onTheirWay.TryPeek(out var oldest) && Messages >= oldest.Needed)
                latencies.Add(Stopwatch.GetElapsedTime(onTheirWay.Dequeue().Time));
        }
        var deliveries = Messages - messages;
        var time = watch.Elapsed.TotalSeconds;
        return new TalkFigures(deliveries, time,
            [.. pids.Select((pid, i) => (ProcessFigures.CpuSeconds(pid) - cpu[i]) * 1e6 / deliveries)],
            (double)(Bytes - bytes) / deliveries, latencies.Quantile(0.5), latencies.Quantile(0.99));
    }
}
