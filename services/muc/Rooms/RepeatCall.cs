namespace Annex.Muc.Rooms;

/// <summary>Messages that were stored when the last process ended and that not everybody may have got, told once more: whoever has
/// one knows it by its stanza-id.</summary>
internal sealed class RepeatCall(IReadOnlyList<ArchiveAppend> messages, Action? then = null) : RoomCall
{
    public bool IsDone { get; private set; }

    public override void Apply(Room room, Effects effects)
    {
        foreach (var message in messages)
            room.Repeat(message, effects);
        IsDone = true;
        then?.Invoke();
    }

    public override void Refuse() => then?.Invoke();
}
