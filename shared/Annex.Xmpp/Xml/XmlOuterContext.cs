namespace Annex.Xmpp.Xml;

/// <summary>The namespaces in force around an element: the declarations of the stream's opening tag. Values are
/// unescaped.</summary>
internal sealed class XmlOuterContext(byte[] defaultNamespace, (byte[] Prefix, byte[] Uri)[] prefixes)
{
    /// <summary>A stream of XEP-0114 whose prefixes do not matter.</summary>
    public static readonly XmlOuterContext Component = new([.. "jabber:component:accept"u8], []);

    public byte[] DefaultNamespace { get; } = defaultNamespace;

    public bool IsComponent { get; } = defaultNamespace.AsSpan().SequenceEqual("jabber:component:accept"u8);

    public bool TryResolve(ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> uri)
    {
        foreach (var (name, value) in prefixes)
        {
            if (!prefix.SequenceEqual(name)) continue;
            uri = value;
            return true;
        }

        uri = default;
        return false;
    }

    /// <summary>A context that has this default namespace and no prefixes.</summary>
    public static XmlOuterContext For(string defaultNamespace) =>
        defaultNamespace == "jabber:component:accept" ? Component
            : new(System.Text.Encoding.UTF8.GetBytes(defaultNamespace), []);
}
