namespace Annex.Xmpp.Xml;

/// <summary>What one stanza may cost its reader. Breaking one is the stream error policy-violation.</summary>
public sealed record XmlLimits
{
    /// <summary>Bytes of one stanza. 512 KiB is Prosody's own limit for components
    /// (component_stanza_size_limit).</summary>
    public int MaxStanzaBytes { get; init; } = 512 * 1024;

    /// <summary>Open elements, the stanza itself included.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Attributes of one element, namespace declarations included.</summary>
    public int MaxAttributes { get; init; } = 64;

    /// <summary>Namespace declarations in force at one place.</summary>
    public int MaxNamespaces { get; init; } = 64;

    /// <summary>Bytes of one namespace name. It is repeated for each element that uses it once it is read into a tree,
    /// so that one long name would multiply a stanza's size. The longest in use have about a hundred.</summary>
    public int MaxNamespaceBytes { get; init; } = 1024;

    public static readonly XmlLimits Default = new();
}
