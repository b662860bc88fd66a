namespace Annex.Xmpp.Stanzas;

/// <summary>What the sender can do about an error (RFC 6120 §8.3.2).</summary>
public enum StanzaErrorType : byte { Auth, Cancel, Continue, Modify, Wait }
