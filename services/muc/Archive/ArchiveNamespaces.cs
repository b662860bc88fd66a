namespace Annex.Muc.Archive;

/// <summary>Namespaces of XEP-0313 and what it forwards.</summary>
internal static class ArchiveNamespaces
{
    public const string Mam = "urn:xmpp:mam:2";
    public const string Extended = "urn:xmpp:mam:2#extended";
    public const string FullText = "urn:xmpp:fulltext:0";
    public const string FullTextField = "{urn:xmpp:fulltext:0}fulltext";
    public const string Forward = "urn:xmpp:forward:0";
}
