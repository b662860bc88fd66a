namespace Annex.Xmpp.Stanzas;

/// <summary>The three kinds of stanza (RFC 6120 §8).</summary>
public enum StanzaKind : byte { Message, Presence, Iq }
