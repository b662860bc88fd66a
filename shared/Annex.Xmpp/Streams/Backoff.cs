namespace Annex.Xmpp.Streams;

/// <summary>How long to wait before the next attempt: exponential with jitter, by the kind of trouble.</summary>
internal sealed class Backoff
{
    /// <summary>A link that stood for less than this did not end the trouble: the delays go on growing.</summary>
    internal static readonly TimeSpan Stable = TimeSpan.FromSeconds(30);

    /// <summary>So many short links in a row are an accident; more are a server that takes us in and throws us out.</summary>
    private const int ToleratedFlaps = 3;

    private int _attempt;
    private int _flaps;
    private bool _wasEverUp;
    private LinkFault _last;

    public TimeSpan Next(LinkEnd end, TimeSpan upFor)
    {
        _wasEverUp |= end.WasUp;
        if (upFor >= Stable || Kind(end.Fault) != Kind(_last))
            _attempt = 0;
        if (upFor >= Stable)
            _flaps = 0;
        else if (end.WasUp)
            _flaps++;
        _last = end.Fault;
        var (first, most) = Range(end);
        var delay = Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Min(_attempt, 20)), most.TotalMilliseconds);
        _attempt++;
        // Half of it is jitter, so that five services do not come back in one moment.
        return TimeSpan.FromMilliseconds(delay * (0.5 + Random.Shared.NextDouble() / 2));
    }

    private (TimeSpan First, TimeSpan Most) Range(LinkEnd end) => end.Fault switch
    {
        // A server that restarts is found again within 2 s of its return, however long it was away: a refused connection on
        // the same host costs nothing.
        LinkFault.Lost or LinkFault.Silent or LinkFault.Unreachable when _wasEverUp =>
            (Milliseconds(100), Seconds(_flaps > ToleratedFlaps ? 30 : 2)),
        LinkFault.Unreachable or LinkFault.Lost or LinkFault.Silent => (Milliseconds(500), Seconds(15)),
        // Kicked while we held the address (Prosody's kick_old): the other one wins, or they would kick each other for ever.
        LinkFault.Conflict when end.WasUp => (Seconds(30), Seconds(60)),
        // A standby takes over within 10 s, handshake and delegation included.
        LinkFault.Conflict => (Seconds(1), Seconds(8)),
        // A server that has just come back may know its hosts a moment later.
        LinkFault.WrongSecret or LinkFault.UnknownHost when _wasEverUp => (Seconds(1), Seconds(60)),
        LinkFault.WrongSecret or LinkFault.UnknownHost or LinkFault.NotAComponentPort => (Seconds(5), Seconds(60)),
        _ => (Seconds(1), Seconds(30)),
    };

    /// <summary>Faults of one kind share their series of delays: a lost link is followed by refused connections.</summary>
    private static int Kind(LinkFault fault) => fault switch
    {
        LinkFault.Lost or LinkFault.Silent or LinkFault.Unreachable => 1,
        LinkFault.WrongSecret or LinkFault.UnknownHost or LinkFault.NotAComponentPort => 2,
        LinkFault.Conflict => 3,
        _ => 4,
    };

    private static TimeSpan Seconds(int value) => TimeSpan.FromSeconds(value);

    private static TimeSpan Milliseconds(int value) => TimeSpan.FromMilliseconds(value);
}
