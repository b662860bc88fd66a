namespace Annex.Contracts.Events;

/// <summary>A room is gone: destroyed by an owner or an operator, or not persistent and left by the last occupant.</summary>
public sealed record RoomDestroyed
{
    public required string Room { get; init; }

    /// <summary>See <see cref="RoomState.Version"/>.</summary>
    public required long Version { get; init; }

    /// <summary>Where the owner sends people instead, or null.</summary>
    public string? AlternateRoom { get; init; }

    public DateTimeOffset At { get; init; }
}
