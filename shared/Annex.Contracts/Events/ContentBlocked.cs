namespace Annex.Contracts.Events;

/// <summary>An operator blocked a content: every upload service deletes files with it and refuses it from now on.</summary>
public sealed record ContentBlocked
{
    /// <summary>Lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public string Reason { get; init; } = "";

    public DateTimeOffset At { get; init; }
}
