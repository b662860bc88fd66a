namespace Annex.Contracts.Events;

/// <summary>How many are in a room. Coalesced: the last of several changes within a few seconds.</summary>
public sealed record RoomOccupancyChanged
{
    public required string Room { get; init; }

    /// <summary>From the same source as <see cref="RoomState.Version"/>; to be compared with the last occupancy's only.</summary>
    public required long Version { get; init; }

    public required int Occupants { get; init; }

    public DateTimeOffset At { get; init; }
}
