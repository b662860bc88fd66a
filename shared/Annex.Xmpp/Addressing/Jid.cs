// Hot path
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Annex.Xmpp.Addressing;

/// <summary>
/// An XMPP address (RFC 7622 shape, RFC 3454 comparison). Immutable and cheap to compare: the prepared form is what
/// equality, order, hashing, <see cref="Local"/>, <see cref="Domain"/>, <see cref="Resource"/> and <see
/// cref="ToString"/> see; what the server delivered is what <see cref="Utf8"/> and <see cref="Escaped"/> write back.
/// </summary>
/// <remarks>48 bytes and one array of 24 bytes plus the address itself; the rare address whose written form differs
/// from its prepared form, or that XML has to escape, carries a second object.</remarks>
public sealed class Jid : IEquatable<Jid>, IComparable<Jid>
{
    /// <summary>Bytes of each part (RFC 7622 §3.2, §3.3, §3.4).</summary>
    public const int MaxPartBytes = 1023;

    /// <summary>Bytes of the longest address: three parts, @ and /.</summary>
    public const int MaxBytes = (3 * MaxPartBytes) + 2;

    private readonly byte[] _prepared;
    private readonly JidForms? _forms;
    private readonly int _hash;
    private readonly ushort _localLength;
    private readonly ushort _resourceStart; // 0: no resource
    private Jid? _bare;

    internal Jid(byte[] prepared, int localLength, int resourceStart, JidForms? forms)
    {
        _prepared = prepared;
        _forms = forms;
        _localLength = (ushort)localLength;
        _resourceStart = (ushort)resourceStart;
        _hash = (int)JidHash.Compute(prepared);
    }

    /// <summary>How many addresses the process remembers, so that parsing them again allocates nothing. Default 65,536,
    /// about 8 MiB when full; rounded up to a power of two. Setting it forgets them all.</summary>
    public static int CacheCapacity
    {
        get => JidCache.Shared.Capacity;
        set => JidCache.Shared = new JidCache(value);
    }

    /// <summary>The localpart in prepared form, or null. A new string each time, like the other parts.</summary>
    public string? Local => _localLength == 0 ? null : Encoding.UTF8.GetString(LocalUtf8);

    public string Domain => Encoding.UTF8.GetString(DomainUtf8);

    public string? Resource => _resourceStart == 0 ? null : Encoding.UTF8.GetString(ResourceUtf8);

    /// <summary>The localpart in prepared form; empty where there is none.</summary>
    public ReadOnlySpan<byte> LocalUtf8 => _prepared.AsSpan(0, _localLength);

    /// <summary>The domain in prepared form (U-labels).</summary>
    public ReadOnlySpan<byte> DomainUtf8
    {
        get
        {
            var start = _localLength == 0 ? 0 : _localLength + 1;
            var end = _resourceStart == 0 ? _prepared.Length : _resourceStart - 1;
            return _prepared.AsSpan(start, end - start);
        }
    }

    /// <summary>The resource in prepared form; empty where there is none.</summary>
    public ReadOnlySpan<byte> ResourceUtf8 => _resourceStart == 0 ? default : _prepared.AsSpan(_resourceStart);

    public bool HasLocal => _localLength != 0;

    public bool IsBare => _resourceStart == 0;

    /// <summary>This address without its resource; the same object where there is none.</summary>
    public Jid Bare => _resourceStart == 0 ? this : _bare ??= JidParser.Bare(this);

    /// <summary>The domain alone.</summary>
    public Jid DomainJid => _localLength == 0 ? Bare : JidParser.Domain(this);

    /// <summary>The address in UTF-8 as it is written back (as delivered), not escaped for XML.</summary>
    public ReadOnlySpan<byte> Utf8 => _forms is null ? _prepared : _forms.Written;

    /// <summary>The address in UTF-8, escaped for an attribute in either quote: ready to be copied into a stanza's
    /// head.</summary>
    public ReadOnlySpan<byte> Escaped => _forms is null ? _prepared : _forms.Escaped;

    /// <summary>The prepared form in UTF-8: equal addresses have equal bytes here (keys in a database).</summary>
    public ReadOnlySpan<byte> PreparedUtf8 => _prepared;

    /// <summary>What is written is what was prepared, and all of it is allowed.</summary>
    internal bool IsCanonical => _forms is null || _forms.IsCanonical;

    /// <summary>Strict: prepares (nodeprep, IDNA, resourceprep); false where a part is empty, too long or prohibited.
    /// For addresses that a person or a payload names.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out Jid? jid)
    {
        jid = JidParser.ParseStrict(utf8);
        return jid is not null;
    }

    public static bool TryParse(string? text, [NotNullWhen(true)] out Jid? jid)
    {
        jid = null;
        if (string.IsNullOrEmpty(text) || text.Length > MaxBytes)
        {
            return false;
        }

        Span<byte> buffer = text.Length <= 85 ? stackalloc byte[256] : stackalloc byte[MaxBytes];
        var status = System.Text.Unicode.Utf8.FromUtf16(text, buffer, out _, out var written,
            replaceInvalidSequences: false);
        return status == System.Buffers.OperationStatus.Done && TryParse(buffer[..written], out jid);
    }

    /// <exception cref="FormatException">The text is no address.</exception>
    public static Jid Parse(string text) =>
        TryParse(text, out var jid) ? jid : throw new FormatException($"'{text}' is not an XMPP address.");

    /// <summary>Lenient: for the from and to of a stanza that the server delivered, which are never changed or
    /// rejected. A part that cannot be prepared is compared by its bytes. Null only for an empty span.</summary>
    /// <param name="utf8">The attribute's value, unescaped.</param>
    public static Jid? FromServer(ReadOnlySpan<byte> utf8) => JidParser.ParseLenient(utf8);

    /// <summary>The bare address with this resource, prepared by Resourceprep; false where the resource is not
    /// allowed.</summary>
    public bool TryWithResource(string resource, [NotNullWhen(true)] out Jid? jid)
    {
        jid = null;
        if (string.IsNullOrEmpty(resource) || resource.Length > MaxBytes)
        {
            return false;
        }

        Span<byte> buffer = resource.Length <= 85 ? stackalloc byte[256] : stackalloc byte[MaxBytes];
        var status = System.Text.Unicode.Utf8.FromUtf16(resource, buffer, out _, out var written,
            replaceInvalidSequences: false);
        return status == System.Buffers.OperationStatus.Done && TryWithResource(buffer[..written], out jid);
    }

    /// <inheritdoc cref="TryWithResource(string, out Jid?)"/>
    public bool TryWithResource(ReadOnlySpan<byte> resource, [NotNullWhen(true)] out Jid? jid)
    {
        jid = JidParser.WithResource(Bare, resource);
        return jid is not null;
    }

    public bool Equals([NotNullWhen(true)] Jid? other) =>
        ReferenceEquals(this, other) ||
        (other is not null && _hash == other._hash && _prepared.AsSpan().SequenceEqual(other._prepared));

    /// <summary>By domain, then localpart, then resource, each by code points; an absent part comes first.</summary>
    public int CompareTo(Jid? other)
    {
        if (other is null)
        {
            return 1;
        }

        if (ReferenceEquals(this, other))
        {
            return 0;
        }

        var order = DomainUtf8.SequenceCompareTo(other.DomainUtf8);
        if (order == 0)
        {
            order = LocalUtf8.SequenceCompareTo(other.LocalUtf8);
        }

        return order != 0 ? order : ResourceUtf8.SequenceCompareTo(other.ResourceUtf8);
    }

    public override bool Equals(object? obj) => Equals(obj as Jid);

    public override int GetHashCode() => _hash;

    /// <summary>The prepared form: equal addresses give equal text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_prepared);

    public static bool operator ==(Jid? left, Jid? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(Jid? left, Jid? right) => !(left == right);
}
