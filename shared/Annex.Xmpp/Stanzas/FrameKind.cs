namespace Annex.Xmpp.Stanzas;

/// <summary>What <see cref="StanzaFramer.Read(ref System.Buffers.ReadOnlySequence{byte}, out Stanza?)"/>
/// found.</summary>
public enum FrameKind : byte
{
    /// <summary>No complete frame: everything given was consumed, come back with more bytes.</summary>
    NeedMore,

    /// <summary>The opening tag of the stream: see <see cref="StanzaFramer.Header"/>.</summary>
    Header,

    /// <summary>message, presence or iq in the stream's namespace; the caller owns it.</summary>
    Stanza,

    /// <summary>Any other top-level element (handshake, stream:error, stream:features …): see <see
    /// cref="StanzaFramer.Element"/>.</summary>
    Element,

    /// <summary>A top-level element that breaks a limit, in a stream that bears it (see the framer's constructor). The stanza is its
    /// head alone, without content, or null where not even that was understood; the caller owns it.</summary>
    Refused,

    /// <summary>The closing tag of the stream. What follows is ignored.</summary>
    End,
}
