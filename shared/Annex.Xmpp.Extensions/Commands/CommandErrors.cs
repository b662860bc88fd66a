using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Commands;

/// <summary>XEP-0050 §4.4.</summary>
internal static class CommandErrors
{
    public static readonly StanzaError MalformedAction = StanzaError.BadRequest.With(Specific("malformed-action"));
    public static readonly StanzaError BadAction = StanzaError.BadRequest.With(Specific("bad-action"));
    public static readonly StanzaError BadPayload = StanzaError.BadRequest.With(Specific("bad-payload"));
    public static readonly StanzaError BadSessionId = StanzaError.BadRequest.With(Specific("bad-sessionid"));
    public static readonly StanzaError SessionExpired = StanzaError.NotAllowed.With(Specific("session-expired"));
    public static readonly StanzaError Forbidden = new(StanzaErrorType.Cancel, "forbidden") { HttpStatus = 403 };
    public static readonly StanzaError NodeMissing = StanzaError.BadRequest.WithText("The command has no node.");
    public static readonly StanzaError TooManySessions =
        StanzaError.ResourceConstraint.WithText("Too many commands at once.");

    private static Element Specific(string name) => new(name, CommandTable.Namespace);
}
