using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>Something that an operator's call wants of a room, done in the room's turn; its result is awaited
/// outside.</summary>
/// <param name="work">Ends by calling the function that it is given, at once or when what it changed is
/// durable.</param>
internal sealed class RoomTask<T>(Action<Room, Effects, Action<T>> work) : RoomCall
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="RoomRefusedException">The room is overloaded, or could not be loaded.</exception>
    public Task<T> Result => _result.Task;

    public override void Apply(Room room, Effects effects) =>
        work(room, effects, result => _result.TrySetResult(result));

    public override void Refuse() => _result.TrySetException(new RoomRefusedException(MucErrors.StoreAway));
}
