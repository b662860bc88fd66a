using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Rooms;

/// <summary>A report of spam or abuse (XEP-0377 0.4).</summary>
/// <param name="Reported">The address that was reported: an occupant JID, or a real one.</param>
/// <param name="Reason">The URN of the reason.</param>
/// <param name="Text">What the reporter wrote, or null.</param>
/// <param name="Ids">Stanza-ids of messages, as many as are wanted.</param>
internal sealed record SpamReport(Jid Reported, string Reason, string? Text, IReadOnlyList<string> Ids)
{
    public const string Namespace = "urn:xmpp:reporting:1";
    public const string Spam = "urn:xmpp:reporting:spam";
    public const string Abuse = "urn:xmpp:reporting:abuse";
    public const string Blocking = "urn:xmpp:blocking";
    private const string JidNamespace = "urn:xmpp:jid:0";

    // What an admin will look at.
    private const int MaxIds = 20;

    /// <summary>One word for people and for the audit log.</summary>
    public string Word => Reason switch
    {
        Spam => "spam",
        Abuse => "abuse",
        _ => Reason,
    };

    /// <summary>Reads the report element, of an item of a block request or of a message in which a server passes it
    /// on.</summary>
    /// <param name="jid">The blocked address; null: it stands in the report itself.</param>
    public static StanzaError? Read(Element report, string? jid, int maxText, out SpamReport? read)
    {
        read = null;
        if (!Jid.TryParse(jid ?? report.Child("jid", JidNamespace)?.Text.Trim(), out var reported))
            return StanzaError.JidMalformed;
        // §4: MUST include a reason.
        if (report["reason"] is not { Length: > 0 and <= 200 } reason)
            return StanzaError.BadRequest;
        var text = report.Child("text")?.Text.Trim() is { Length: > 0 } given ? given : null;
        if (text?.Length > maxText)
            return StanzaError.NotAcceptable;
        var ids = report.ChildrenNamed("stanza-id", MucNamespaces.StanzaId)
            .Select(i => i["id"]).OfType<string>().Where(i => i.Length is > 0 and <= 100).Take(MaxIds).ToList();
        read = new SpamReport(reported, reason, text, ids);
        return null;
    }

    /// <summary>The report as it is passed on, with the address in it.</summary>
    public Element ToElement(Jid room)
    {
        var report = new Element("report", Namespace).With("reason", Reason);
        foreach (var id in Ids)
            report.Add(new Element("stanza-id", MucNamespaces.StanzaId).With("by", room.ToString()).With("id", id));
        if (Text is not null)
            report.Add("text", Text);
        return report.Add(new Element("jid", JidNamespace).AddText(Reported.ToString()));
    }
}
