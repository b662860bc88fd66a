using System.Text;
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
    public static string? Of(byte[] tail)
    {
        Element message;
        try
        {
            message = Element.Parse(Encoding.UTF8.GetBytes($"<message{Encoding.UTF8.GetString(tail)}"));
        }
        catch (FormatException)
        {
            return null;
        }
        var text = new StringBuilder();
        foreach (var child in message.Children)
        {
            if (MessageShape.IsEncryption(Encoding.UTF8.GetBytes(child.Namespace))) return null;
            if (child.Name == "body" && child.Namespace == message.Namespace) text.Append(child.Text).Append('\n');
        }
        return text.Length == 0 ? null : text.Length > MaxLength ? text.ToString(0, MaxLength) : text.ToString();
    }
}
