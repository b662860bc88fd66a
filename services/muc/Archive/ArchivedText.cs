using Annex.Muc.Rooms;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Archive;

/// <summary>What of an archived message can be searched for (XEP-0431).</summary>
internal static class ArchivedText
{
    /// <summary>Characters of one message: PostgreSQL's tsvector ends at a megabyte.</summary>
    private const int MaxLength = 50_000;

    /// <summary>Stands beside a message's words and names its archive, so that one index serves all rooms (TextIndexer writes it). No text
    /// has it: PostgreSQL's parser makes no word that begins so.</summary>
    public static string LexemeOf(long archive) => $"={archive}";

    /// <summary>The bodies in all their languages; null for a message without, and for one that is end-to-end encrypted, whose body only
    /// says so.</summary>
    /// <param name="tail">As the archive keeps it: see <see cref="ArchiveAppend"/>.</param>
    public static string? Of(ReadOnlySpan<byte> tail)
    {
        // Behind the tag: what it declares is carried by each child that needs it.
        var children = XmlReader.Over(tail[(tail.IndexOf((byte)'>') + 1)..]);
        string? text = null;
        while (children.ReadElement())
        {
            if (MessageShape.IsEncryption(children.Namespace)) return null;
            if (ClientContent.IsOwn(children, "body"u8)) text += children.ReadText() + "\n";
        }
        return text is { Length: > MaxLength } ? text[..MaxLength] : text;
    }
}
