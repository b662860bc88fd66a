namespace Annex.Xmpp.Xml;

/// <summary>The peer broke the rules of the stream; <see cref="Condition"/> is the stream error (RFC 6120 §4.9.3) that
/// says how.</summary>
public sealed class XmlStreamException(string condition, string message) : Exception(message)
{
    /// <summary>not-well-formed, restricted-xml, policy-violation, bad-namespace-prefix, invalid-namespace,
    /// unsupported-encoding, bad-format.</summary>
    public string Condition { get; } = condition;

    // RFC 6120 §4.9.3.13: breaks the rules of XML or of namespaces in XML.
    internal static XmlStreamException NotWellFormed(string message) => new("not-well-formed", message);

    // RFC 6120 §4.9.3.18 and §11.1: comment, processing instruction, DTD, entity reference.
    internal static XmlStreamException Restricted(string message) => new("restricted-xml", message);

    internal static XmlStreamException Policy(string message) => new("policy-violation", message);

    // RFC 6120 §4.9.3.22: another encoding, or UTF-8 that breaks UTF-8's rules.
    internal static XmlStreamException Encoding(string message) => new("unsupported-encoding", message);
}
