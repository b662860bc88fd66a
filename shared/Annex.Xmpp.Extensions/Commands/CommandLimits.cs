namespace Annex.Xmpp.Extensions.Commands;

/// <summary>What sessions may cost.</summary>
public sealed record CommandLimits
{
    /// <summary>Open sessions in all. Beyond it a new one is refused with wait/resource-constraint.</summary>
    public int MaxSessions { get; init; } = 1_000;

    /// <summary>Open sessions of one bare address. Beyond it the one unused longest is closed.</summary>
    public int MaxSessionsPerRequester { get; init; } = 5;

    /// <summary>Stages of one session. Beyond it the session ends.</summary>
    public int MaxStages { get; init; } = 20;

    /// <summary>How long a session waits for its requester.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}
