using System.Globalization;
using System.Text;
using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>Which nicks a room takes (XEP-0045 §17.1, §13.7): resourceprepped, visible, without white space at the
/// ends.</summary>
internal static class Nicks
{
    /// <summary>The occupant JID for a wished nick; false where the nick is empty, invisible, too long or not
    /// allowed.</summary>
    /// <param name="isRewritten">The nick is not quite the one that was asked for: status 210.</param>
    public static bool TryPrepare(Jid room, string? wished, int maxLength, out Jid? occupant, out bool isRewritten)
    {
        occupant = null;
        isRewritten = false;
        var nick = wished?.Trim();
        if (string.IsNullOrEmpty(nick) || nick.Length > maxLength || !IsVisible(nick))
            return false;
        isRewritten = nick.Length != wished!.Length;
        return room.TryWithResource(nick, out occupant) && !string.IsNullOrWhiteSpace(occupant.Resource);
    }

    /// <summary>At least one character that leaves a mark.</summary>
    private static bool IsVisible(string nick)
    {
        foreach (var rune in nick.EnumerateRunes())
        {
            if (!Rune.IsWhiteSpace(rune) && !IsBlank(rune))
                return true;
        }
        return false;
    }

    // Hangul fillers, the blank Braille pattern, the combining grapheme joiner: letters and symbols by category,
    // nothing to see.
    private static bool IsBlank(Rune rune) => rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800 or 0x034F
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;
}
