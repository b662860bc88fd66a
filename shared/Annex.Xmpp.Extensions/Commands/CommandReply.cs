using System.Diagnostics.CodeAnalysis;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Commands;

/// <summary>The answer to a command's iq: the payload of a result, or an error.</summary>
public readonly struct CommandReply
{
    private CommandReply(Element? payload, StanzaError? error)
    {
        Payload = payload;
        Error = error;
    }

    public Element? Payload { get; }

    public StanzaError? Error { get; }

    [MemberNotNullWhen(true, nameof(Error))]
    [MemberNotNullWhen(false, nameof(Payload))]
    public bool IsError => Error is not null;

    public static implicit operator CommandReply(Element payload) => FromElement(payload);

    public static implicit operator CommandReply(StanzaError error) => FromStanzaError(error);

    public static CommandReply FromElement(Element payload) => new(payload, null);

    public static CommandReply FromStanzaError(StanzaError error) => new(null, error);
}
