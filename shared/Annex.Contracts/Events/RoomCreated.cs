namespace Annex.Contracts.Events;

/// <summary>A room exists and is no longer locked. Followed by <see cref="RoomChanged"/> for whatever becomes of it.</summary>
public sealed record RoomCreated
{
    public required RoomState State { get; init; }

    public DateTimeOffset At { get; init; }
}
