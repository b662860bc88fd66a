// Hot path
namespace Annex.Muc.Rooms;

/// <summary>A rate with a burst in eight bytes: the theoretical arrival time of the generic cell rate
/// algorithm.</summary>
internal struct RateLimit
{
    private long _arrival;

    /// <summary>Takes one; false where it comes too early. A rate of 0 has no limit.</summary>
    public bool TryTake(long nowTicks, double perSecond, int burst)
    {
        if (perSecond <= 0)
            return true;
        var interval = (long)(TimeSpan.TicksPerSecond / perSecond);
        var arrival = Math.Max(_arrival, nowTicks);
        if (arrival - nowTicks > interval * (burst - 1L))
            return false;
        _arrival = arrival + interval;
        return true;
    }
}
