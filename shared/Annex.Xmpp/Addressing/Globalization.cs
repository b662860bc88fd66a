using System.Text;

namespace Annex.Xmpp.Addressing;

/// <summary>What addresses need from the runtime.</summary>
public static class Globalization
{
    /// <summary>Called once at start.</summary>
    /// <exception cref="InvalidOperationException">The runtime's globalization is invariant: normalization would
    /// silently do nothing, and addresses that are the same for the server would differ here.</exception>
    public static void EnsureUsable()
    {
        // NFKC of a ligature, NFC of a decomposed letter, and an internationalised domain: three tables that have to be
        // there.
        var isUsable = IsUsable("\uFB01".Normalize(NormalizationForm.FormKC),
                "A\u030A".Normalize(NormalizationForm.FormC)) &&
            Jid.TryParse("B\u00DCCHER.example", out var jid) && jid.Domain == "b\u00FCcher.example";
        if (!isUsable)
        {
            throw new InvalidOperationException(
                "The runtime's globalization is invariant, so XMPP addresses cannot be compared as the server compares " +
                "them. Install ICU (Debian 12: apt-get install libicu72) and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.");
        }
    }

    internal static bool IsUsable(string ligature, string composed) => ligature == "fi" && composed == "\u00C5";
}
