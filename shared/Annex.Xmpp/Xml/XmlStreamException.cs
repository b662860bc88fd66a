namespace Annex.Xmpp.Xml;

/// <summary>The peer broke the rules of the stream; <see cref="Condition"/> is the stream error (RFC 6120 §4.9.3) that says how.</summary>
public sealed class XmlStreamException(string condition, string message) : Exception(message)
{
    /// <summary>not-well-formed, restricted-xml, invalid-xml, policy-violation, bad-namespace-prefix, unsupported-encoding, …</summary>
    public string Condition { get; } = condition;
}
