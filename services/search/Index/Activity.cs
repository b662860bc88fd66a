namespace Annex.Search.Index;

/// <summary>The number of occupants, smoothed: what was there for longer counts for more, so that a room is not listed first
/// for one crowded minute, nor last for one quiet night.</summary>
public static class Activity
{
    /// <summary>After this time a new number of occupants counts for 63 %. The directory that clients know keeps 82 % of the old
    /// value over 57 minutes, which is the same within a few per cent.</summary>
    public static readonly TimeSpan TimeConstant = TimeSpan.FromHours(4.8);

    /// <param name="activity">As it was at the last change.</param>
    /// <param name="occupants">How many there were since then.</param>
    public static double Next(double activity, int occupants, TimeSpan since) =>
        activity + ((occupants - activity) * (1 - Math.Exp(-Math.Max(0, since / TimeConstant))));
}
