using System.Diagnostics.CodeAnalysis;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Delegation;

/// <summary>
/// An iq that a server hands on to us (XEP-0355 §4.3). Servers do not filter by sender: it may come from anywhere in
/// the federation, and only <see cref="From"/> says from whom. Whether the outer stanza comes from a server that may
/// delegate to us is the caller's to check.
/// </summary>
public sealed class DelegatedIq
{
    private const string Forward = "urn:xmpp:forward:0";

    private readonly string _version;

    private DelegatedIq(string version, Element iq, StanzaType type, Jid from, Element payload)
    {
        _version = version;
        Id = iq["id"]!;
        Type = type;
        From = from;
        ToText = iq["to"];
        Payload = payload;
    }

    /// <summary>Get or Set.</summary>
    public StanzaType Type { get; }

    public string Id { get; }

    public Jid From { get; }

    /// <summary>Whom the sender asked, or null where it named nobody (its own account; Prosody hands that on as it
    /// is).</summary>
    public Jid? To => Jid.TryParse(ToText, out var to) ? to : null;

    /// <summary>The to attribute as it came; the answer's from repeats it.</summary>
    public string? ToText { get; }

    /// <summary>The one child of the iq.</summary>
    public Element Payload { get; }

    /// <summary>Reads the delegation element of an iq set.</summary>
    /// <param name="error">What to answer the server itself: without a readable inner iq nobody else can be
    /// answered.</param>
    public static bool TryRead(Element? delegation, [NotNullWhen(true)] out DelegatedIq? iq,
        [NotNullWhen(false)] out StanzaError? error)
    {
        iq = null;
        error = StanzaError.BadRequest.WithText("The delegation holds no iq.");
        if (delegation is not { Name: "delegation" } || !DelegationNode.Versions.Contains(delegation.Namespace) ||
            delegation.Child("forwarded", Forward) is not { Children: [{ Name: "iq" } inner] } ||
            // Prosody forwards in jabber:client; a copy that lost its declaration stands in the stream's or the
            // wrapper's.
            inner.Namespace is not (Namespaces.Client or Namespaces.Component or Forward))
        {
            return false;
        }

        var type = inner["type"] switch
        {
            "get" => StanzaType.Get,
            "set" => StanzaType.Set,
            _ => StanzaType.Unknown,
        };
        // RFC 6120 §8.2.3: an iq has an id, and exactly one child where it is get or set.
        if (type is StanzaType.Unknown || string.IsNullOrEmpty(inner["id"]) || inner.Children is not [var payload] ||
            !Jid.TryParse(inner["from"], out var from))
        {
            return false;
        }

        iq = new DelegatedIq(delegation.Namespace, inner, type, from, payload);
        error = null;
        return true;
    }

    /// <summary>The payload of the outer result with an inner result. The outer iq is always a result: an outer error
    /// would leave the client without an answer on ejabberd.</summary>
    public Element Result(Element? payload = null)
    {
        var inner = Inner("result");
        return Wrap(payload is null ? inner : inner.Add(payload));
    }

    /// <summary>The payload of the outer result with an inner error.</summary>
    public Element Error(StanzaError error) => Wrap(Inner("error").Add(ErrorElement(error)));

    // Without white space between the elements: Prosody drops such an answer and the client waits for ever.
    private Element Wrap(Element inner) =>
        new Element("delegation", _version).Add(new Element("forwarded", Forward).Add(inner));

    private Element Inner(string type) => new Element("iq", Namespaces.Client)
        .With("type", type).With("id", Id).With("from", ToText).With("to", From.ToString());

    private static Element ErrorElement(StanzaError error)
    {
        var condition = new Element(error.Condition, Namespaces.StanzaErrors).AddText(error.ConditionText);
        var element = new Element("error", Namespaces.Client)
            .With("type", TypeName(error.Type)).With("by", error.By).Add(condition);
        if (error.Text is not null)
            element.Add(new Element("text", Namespaces.StanzaErrors) { Lang = "en" }.AddText(error.Text));
        return error.Application is null ? element : element.Add(error.Application.Clone());
    }

    private static string TypeName(StanzaErrorType type) => type switch
    {
        StanzaErrorType.Auth => "auth",
        StanzaErrorType.Cancel => "cancel",
        StanzaErrorType.Continue => "continue",
        StanzaErrorType.Modify => "modify",
        _ => "wait",
    };
}
