namespace Annex.Xmpp.Addressing;

/// <summary>What the rare address carries beside its prepared form.</summary>
internal sealed class JidForms(byte[] written, byte[] escaped, bool isCanonical)
{
    /// <summary>As delivered.</summary>
    public byte[] Written { get; } = written;

    /// <summary>As delivered, escaped for an attribute; the same array where nothing needs escaping.</summary>
    public byte[] Escaped { get; } = escaped;

    /// <summary>Written is prepared, and strict parsing allows it: only the escaping differs.</summary>
    public bool IsCanonical { get; } = isCanonical;
}
