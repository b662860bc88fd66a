using System.Globalization;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>What stands in the MUC element of a join: a password and the wished history (XEP-0045 §7.2.5,
/// §7.2.14).</summary>
internal sealed record JoinRequest(string? Password, int? MaxChars, int? MaxStanzas, int? Seconds,
    DateTimeOffset? Since)
{
    private static readonly JoinRequest Plain = new(null, null, null, null, null);

    /// <summary>Null: the presence has no MUC element, so it is no join.</summary>
    public static JoinRequest? Read(Stanza presence)
    {
        var children = presence.Children;
        while (children.ReadElement())
        {
            if (!children.Is("x"u8, "http://jabber.org/protocol/muc"u8))
                continue;
            if (children.Inner.IsEmpty)
                return Plain;
            var x = children.ReadTree();
            var history = x.Child("history");
            return new JoinRequest(x.Child("password")?.Text, Number(history?["maxchars"]),
                Number(history?["maxstanzas"]),
                Number(history?["seconds"]), Time(history?["since"]));
        }
        return null;
    }

    // A limit that cannot be read is none; a negative one wants nothing.
    private static int? Number(string? text) =>
        long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? (int)Math.Clamp(number, 0, int.MaxValue)
            : null;

    // XEP-0082 §3.2
    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        ? time : null;
}
