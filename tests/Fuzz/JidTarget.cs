using System.Text;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Xml;

namespace Annex.Fuzz;

/// <summary>What the server delivers is never refused or changed; what is prepared stays as it is when it is prepared
/// again.</summary>
internal static class JidTarget
{
    public static void Run(byte[] input)
    {
        var delivered = Jid.FromServer(input);
        FuzzTargets.Require(delivered is null == (input.Length == 0), "null for the empty address only");
        string text = Encoding.UTF8.GetString(input);
        bool isValid = Encoding.UTF8.GetByteCount(text) == input.Length &&
            !text.Contains('\uFFFD', StringComparison.Ordinal);
        if (delivered is not null && isValid)
        {
            FuzzTargets.Require(delivered.Utf8.SequenceEqual(input), "an address that was delivered was changed");
            FuzzTargets.Require(delivered.Equals(Jid.FromServer(input)), "it does not equal itself");
            if (text.All(c => c is >= ' ' and not ('\uFFFE' or '\uFFFF')))
            {
                var xml = Element.Parse([.. "<a b='"u8, .. delivered.Escaped, .. "' c=\""u8, .. delivered.Escaped,
                    .. "\"/>"u8]);
                FuzzTargets.Require(xml["b"] == text && xml["c"] == text, "its escaped form reads as another");
            }
        }

        FuzzTargets.Require(Jid.TryParse(input, out var jid) == (isValid && Jid.TryParse(text, out _)) || !isValid,
            "bytes and text differ");
        if (jid is null) return;
        FuzzTargets.Require(Jid.TryParse(jid.ToString(), out var again), "its prepared form is refused: " + jid);
        FuzzTargets.Require(again!.Equals(jid) && again.GetHashCode() == jid.GetHashCode() &&
            again.CompareTo(jid) == 0, "its prepared form is another");
        FuzzTargets.Require(jid.Bare.IsBare && jid.Bare.Equals(again.Bare), "its bare form");
        FuzzTargets.Require(jid.Equals(Jid.FromServer(Encoding.UTF8.GetBytes(jid.ToString()))),
            "delivered it is another");
    }
}
