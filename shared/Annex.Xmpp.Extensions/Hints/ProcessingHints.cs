using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Hints;

/// <summary>What a message's sender asks of those who pass it on (XEP-0334).</summary>
public static class ProcessingHints
{
    public const string Namespace = "urn:xmpp:hints";

    public const string NoPermanentStore = "no-permanent-store";
    public const string NoStore = "no-store";
    public const string NoCopy = "no-copy";
    public const string Store = "store";

    public static Element ToElement(string hint) => new(hint, Namespace);

    public static bool Has(Element message, string hint) => message.Child(hint, Namespace) is not null;
}
