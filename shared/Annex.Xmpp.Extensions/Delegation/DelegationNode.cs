using System.Diagnostics.CodeAnalysis;

namespace Annex.Xmpp.Extensions.Delegation;

/// <summary>
/// The disco node by which a server asks a managing entity what it adds to the server's own features, or to those of an
/// account (XEP-0355 §7.1). The version of the namespace is the asker's: Prosody says :2, ejabberd :1.
/// </summary>
public sealed record DelegationNode(string Version, bool IsBare, string Namespace)
{
    /// <summary>Both versions that servers speak; their shapes are the same.</summary>
    public static readonly IReadOnlyList<string> Versions = ["urn:xmpp:delegation:2", "urn:xmpp:delegation:1"];

    public static bool TryParse(string? text, [NotNullWhen(true)] out DelegationNode? node)
    {
        node = null;
        foreach (var version in Versions)
        {
            if (text is null || !text.StartsWith(version, StringComparison.Ordinal))
                continue;

            var rest = text[version.Length..];
            if (rest.StartsWith("::", StringComparison.Ordinal) && rest.Length > 2)
                node = new DelegationNode(version, false, rest[2..]);
            else if (rest.StartsWith(":bare:", StringComparison.Ordinal) && rest.Length > 6)
                node = new DelegationNode(version, true, rest[6..]);
        }

        return node is not null;
    }

    public override string ToString() => $"{Version}{(IsBare ? ":bare:" : "::")}{Namespace}";
}
