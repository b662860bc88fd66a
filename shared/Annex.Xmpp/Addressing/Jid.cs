namespace Annex.Xmpp.Addressing;

/// <summary>
/// An XMPP address (RFC 7622 shape, RFC 3454 comparison). Immutable and cheap to compare: the prepared form is what equality,
/// order and hashing see; what the server delivered is what is written back.
/// </summary>
public sealed class Jid : IEquatable<Jid>, IComparable<Jid>
{
    private Jid() => throw new NotImplementedException();

    /// <summary>The localpart in prepared form, or null.</summary>
    public string? Local => throw new NotImplementedException();

    public string Domain => throw new NotImplementedException();

    public string? Resource => throw new NotImplementedException();

    public bool HasLocal => throw new NotImplementedException();

    public bool IsBare => throw new NotImplementedException();

    /// <summary>This address without its resource; the same object where there is none.</summary>
    public Jid Bare => throw new NotImplementedException();

    /// <summary>The domain alone.</summary>
    public Jid DomainJid => throw new NotImplementedException();

    /// <summary>The address in UTF-8, not escaped for XML.</summary>
    public ReadOnlySpan<byte> Utf8 => throw new NotImplementedException();

    /// <summary>The address in UTF-8, escaped for an attribute in either quote: ready to be copied into a stanza's head.</summary>
    public ReadOnlySpan<byte> Escaped => throw new NotImplementedException();

    /// <summary>Strict: prepares (nodeprep, IDNA, resourceprep); false where a part is empty, too long or prohibited.
    /// For addresses that a person or a payload names.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Jid? jid) =>
        throw new NotImplementedException();

    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Jid? jid) =>
        throw new NotImplementedException();

    /// <exception cref="FormatException">The text is no address.</exception>
    public static Jid Parse(string text) => throw new NotImplementedException();

    /// <summary>Lenient: for the from and to of a stanza that the server delivered, which are never changed or rejected.
    /// Null only for an empty span.</summary>
    public static Jid? FromServer(ReadOnlySpan<byte> utf8) => throw new NotImplementedException();

    /// <summary>The bare address with this resource, prepared by Resourceprep; false where the resource is not allowed.</summary>
    public bool TryWithResource(string resource, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Jid? jid) =>
        throw new NotImplementedException();

    public bool Equals(Jid? other) => throw new NotImplementedException();

    public int CompareTo(Jid? other) => throw new NotImplementedException();

    public override bool Equals(object? obj) => Equals(obj as Jid);

    public override int GetHashCode() => throw new NotImplementedException();

    public override string ToString() => throw new NotImplementedException();
}
