namespace Annex.Contracts.Events;

/// <summary>A blocked content may be uploaded again.</summary>
public sealed record ContentUnblocked
{
    /// <summary>Lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    public DateTimeOffset At { get; init; }
}
