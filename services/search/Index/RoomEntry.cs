namespace Annex.Search.Index;

/// <summary>A room with all that a query looks at.</summary>
public sealed record RoomEntry(
    RoomHit Room, int Popularity, string NameKey, string LocalKey, string? PrimaryLanguage, IReadOnlyList<Lexeme> Lexemes)
{
    /// <summary>Whether the words are certainly those of the other.</summary>
    public bool HasSameWords(RoomEntry other) => Room.Name == other.Room.Name && Room.Description == other.Room.Description
        && Room.Language == other.Room.Language && Room.Tags.SequenceEqual(other.Room.Tags);
}
