namespace Annex.Contracts.Events;

/// <summary>A room's configuration, subject of listing or avatar changed. Carries the whole state, so that one event is enough.</summary>
public sealed record RoomChanged
{
    public required RoomState State { get; init; }

    public DateTimeOffset At { get; init; }
}
