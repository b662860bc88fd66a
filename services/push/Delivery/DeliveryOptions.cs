namespace Annex.Push.Delivery;

/// <summary>How the queue is worked off.</summary>
public sealed class DeliveryOptions
{
    /// <summary>Least time between two pushes to one node; what comes in between waits and is coalesced, the last one
    /// is always delivered.</summary>
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a push is worth keeping. Four weeks is the most that the networks take.</summary>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a publish waits for the provider's word before it is answered as taken. XMPP servers wait 32 s
    /// and more.</summary>
    public TimeSpan AnswerWithin { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>When a publish is answered at the latest: as taken, or with wait/resource-constraint where it could not be
    /// stored yet (it is stored all the same as soon as the database answers).</summary>
    public TimeSpan AnswerAtLatest { get; set; } = TimeSpan.FromSeconds(9);

    /// <summary>Sends on their way at once, to each network.</summary>
    public int MaxInFlight { get; set; } = 1000;

    /// <summary>Publishes that wait to be written at once; beyond that the server is told
    /// wait/resource-constraint.</summary>
    public int MaxIntake { get; set; } = 20_000;

    /// <summary>A claim is given up by its process's death after this long; longer than any send takes.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>One send, connection and all.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>First pause after a push that was not taken; doubles.</summary>
    public TimeSpan FirstRetry { get; set; } = TimeSpan.FromSeconds(5);

    public TimeSpan LongestRetry { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Failures in a row, over all devices, after which a provider is left alone for a while.</summary>
    public int FailuresToPause { get; set; } = 20;
}
