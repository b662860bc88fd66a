namespace Annex.Xmpp.Streams;

/// <summary>Why a link is down, as far as it makes a difference to an operator.</summary>
public enum LinkFault
{
    None,

    /// <summary>Nobody listens there, or the name is unknown, or no answer came: Host and Port.</summary>
    Unreachable,

    /// <summary>What listens there does not speak XEP-0114: Port.</summary>
    NotAComponentPort,

    /// <summary>not-authorized: Secret. ejabberd says the same of a host that it does not know.</summary>
    WrongSecret,

    /// <summary>host-unknown or improper-addressing: Jid.</summary>
    UnknownHost,

    /// <summary>conflict: another connection holds the address. ejabberd says the same of one of its own domains.</summary>
    Conflict,

    /// <summary>An established link ended: closed, reset, or a stream error that says the server goes.</summary>
    Lost,

    /// <summary>The server was silent for too long.</summary>
    Silent,

    /// <summary>The server broke the rules of the stream.</summary>
    ProtocolViolation,

    /// <summary>The server says that we broke the rules of the stream.</summary>
    Rejected,

    /// <summary>A defect of ours while reading or writing.</summary>
    Internal,
}
