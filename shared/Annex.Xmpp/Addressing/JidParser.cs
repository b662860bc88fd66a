// Hot path
using System.Buffers;

namespace Annex.Xmpp.Addressing;

/// <summary>Splits an address (RFC 7622 §3.1) and prepares its parts.</summary>
internal static class JidParser
{
    // What Nodeprep lets pass unchanged: printable ASCII without upper case and without " & ' / : < > @ and space.
    private static readonly SearchValues<byte> PlainLocal =
        SearchValues.Create("!#$%()*+,-.0123456789;=?[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    private static readonly SearchValues<byte> PlainDomain =
        SearchValues.Create("-._0123456789abcdefghijklmnopqrstuvwxyz"u8);

    // Resourceprep leaves printable ASCII alone, space included (C.1.1 is not among its prohibited tables).
    private static readonly SearchValues<byte> PlainResource = SearchValues.Create(
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"u8);

    // White space other than the space would be normalised away by the reader of the attribute (XML 1.0 §3.3.3).
    private static readonly SearchValues<byte> ToEscape = SearchValues.Create("&<>'\"\t\n\r"u8);

    public static Jid? ParseStrict(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty || utf8.Length > Jid.MaxBytes)
        {
            return null;
        }

        var cache = JidCache.Shared;
        var hash = JidHash.Compute(utf8);
        if (cache.Find(utf8, hash) is { IsCanonical: true } known)
        {
            return known;
        }

        var parts = Split(utf8);
        if (!parts.IsWellFormed)
        {
            return null;
        }

        if (IsPlain(utf8, parts))
        {
            return Remember(Canonical(utf8, parts), hash);
        }

        Span<byte> buffer = stackalloc byte[Jid.MaxBytes];
        if (!TryPrepare(utf8, parts, buffer, out var prepared, out var length))
        {
            return null;
        }

        var result = buffer[..length];
        if (result.SequenceEqual(utf8))
        {
            return Remember(Canonical(utf8, parts), hash);
        }

        return ParsePrepared(result, prepared);
    }

    public static Jid? ParseLenient(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return null;
        }

        var hash = JidHash.Compute(utf8);
        if (JidCache.Shared.Find(utf8, hash) is { } known)
        {
            return known;
        }

        var parts = Split(utf8);
        if (!parts.IsWellFormed)
        {
            // No shape at all: the whole of it stands as a domain that equals nothing else.
            var raw = utf8.ToArray();
            return Remember(new Jid(raw, 0, 0, new JidForms(raw, Escape(raw), isCanonical: false)), hash);
        }

        if (IsPlain(utf8, parts))
        {
            return Remember(Canonical(utf8, parts), hash);
        }

        Span<byte> buffer = stackalloc byte[Jid.MaxBytes];
        var isAllowed = TryPrepare(utf8, parts, buffer, out var prepared, out var length);
        var result = buffer[..length];
        if (isAllowed && result.SequenceEqual(utf8))
        {
            return Remember(Canonical(utf8, parts), hash);
        }

        var written = utf8.ToArray();
        var forms = new JidForms(written, Escape(written), isCanonical: false);
        return Remember(new Jid(result.ToArray(), prepared.Local, prepared.ResourceStart, forms), hash);
    }

    public static Jid Bare(Jid jid)
    {
        var utf8 = jid.Utf8;
        var bare = utf8[..utf8.IndexOf((byte)'/')];
        return ParseLenient(bare)!;
    }

    public static Jid Domain(Jid jid)
    {
        var utf8 = jid.Bare.Utf8;
        return ParseLenient(utf8[(utf8.IndexOf((byte)'@') + 1)..])!;
    }

    public static Jid? WithResource(Jid bare, ReadOnlySpan<byte> resource)
    {
        Span<byte> buffer = stackalloc byte[Jid.MaxBytes];
        var start = bare.Utf8;
        if (!bare.IsBare || start.Length + 1 > buffer.Length - Jid.MaxPartBytes || resource.IsEmpty)
        {
            return null;
        }

        start.CopyTo(buffer);
        buffer[start.Length] = (byte)'/';
        var room = buffer.Slice(start.Length + 1, Jid.MaxPartBytes);
        int length;
        if (resource.Length <= Jid.MaxPartBytes && !resource.ContainsAnyExcept(PlainResource))
        {
            resource.CopyTo(room);
            length = resource.Length;
        }
        else if (!Stringprep.TryResourceprep(resource, room, out length) || length == 0)
        {
            return null;
        }

        // The bare address may be one that only the server may name; the resource is strict either way.
        var whole = buffer[..(start.Length + 1 + length)];
        return bare.IsCanonical ? ParseStrict(whole) : ParseLenient(whole);
    }

    // Preparing twice must change nothing, or two addresses that differ here would be one elsewhere.
    private static Jid? ParsePrepared(ReadOnlySpan<byte> prepared, Parts parts)
    {
        var cache = JidCache.Shared;
        var hash = JidHash.Compute(prepared);
        if (cache.Find(prepared, hash) is { IsCanonical: true } known)
        {
            return known;
        }

        Span<byte> again = stackalloc byte[Jid.MaxBytes];
        var isStable = TryPrepare(prepared, parts, again, out _, out var length) &&
            again[..length].SequenceEqual(prepared);
        return isStable ? Remember(Canonical(prepared, parts), hash) : null;
    }

    private static Jid Canonical(ReadOnlySpan<byte> utf8, Parts parts)
    {
        var bytes = utf8.ToArray();
        var escaped = Escape(bytes);
        var forms = ReferenceEquals(escaped, bytes) ? null : new JidForms(bytes, escaped, isCanonical: true);
        return new Jid(bytes, parts.Local, parts.ResourceStart, forms);
    }

    private static Jid Remember(Jid jid, ulong hash)
    {
        JidCache.Shared.Add(jid, hash);
        return jid;
    }

    private static Parts Split(ReadOnlySpan<byte> utf8)
    {
        // RFC 7622 §3.1: the first slash begins the resource, the first @ before it ends the localpart.
        var slash = utf8.IndexOf((byte)'/');
        var bare = slash < 0 ? utf8 : utf8[..slash];
        var at = bare.IndexOf((byte)'@');
        var local = Math.Max(at, 0);
        var domain = bare.Length - (at + 1);
        var resource = slash < 0 ? 0 : utf8.Length - slash - 1;
        var isWellFormed = at != 0 && domain > 0 && (slash < 0 || resource > 0) &&
            local <= Jid.MaxPartBytes && domain <= Jid.MaxPartBytes && resource <= Jid.MaxPartBytes;
        return new Parts(local, slash < 0 ? 0 : slash + 1, isWellFormed);
    }

    private static bool IsPlain(ReadOnlySpan<byte> utf8, Parts parts)
    {
        var domain = parts.DomainOf(utf8);
        return !parts.LocalOf(utf8).ContainsAnyExcept(PlainLocal) && !domain.ContainsAnyExcept(PlainDomain) &&
            DomainPreparation.IsPlainHost(domain) && !parts.ResourceOf(utf8).ContainsAnyExcept(PlainResource);
    }

    private static bool TryPrepare(ReadOnlySpan<byte> utf8, Parts parts, Span<byte> output, out Parts prepared,
        out int length)
    {
        var isAllowed = true;
        var local = 0;
        var resourceStart = 0;
        length = 0;
        prepared = default;
        if (parts.Local > 0)
        {
            if (!Stringprep.TryNodeprep(parts.LocalOf(utf8), output[..Jid.MaxPartBytes], out local) || local == 0)
            {
                isAllowed = false;
                parts.LocalOf(utf8).CopyTo(output);
                local = parts.Local;
            }

            output[local] = (byte)'@';
            length = local + 1;
        }

        if (!DomainPreparation.TryPrepare(parts.DomainOf(utf8), output.Slice(length, Jid.MaxPartBytes), out var domain))
        {
            isAllowed = false;
            parts.DomainOf(utf8).CopyTo(output[length..]);
            domain = parts.DomainOf(utf8).Length;
        }

        length += domain;
        if (parts.ResourceStart > 0)
        {
            output[length++] = (byte)'/';
            resourceStart = length;
            var resource = parts.ResourceOf(utf8);
            if (!Stringprep.TryResourceprep(resource, output.Slice(length, Jid.MaxPartBytes), out var count) ||
                count == 0)
            {
                isAllowed = false;
                resource.CopyTo(output[length..]);
                count = resource.Length;
            }

            length += count;
        }

        prepared = new Parts(local, resourceStart, true);
        return isAllowed;
    }

    private static byte[] Escape(byte[] bytes)
    {
        if (!bytes.AsSpan().ContainsAny(ToEscape))
        {
            return bytes;
        }

        var output = new ArrayBufferWriter<byte>(bytes.Length + 16);
        for (var i = 0; i < bytes.Length; i++)
        {
            switch (bytes[i])
            {
                case (byte)'&': output.Write("&amp;"u8); break;
                case (byte)'<': output.Write("&lt;"u8); break;
                case (byte)'>': output.Write("&gt;"u8); break;
                case (byte)'\'': output.Write("&apos;"u8); break;
                case (byte)'"': output.Write("&quot;"u8); break;
                case (byte)'\t': output.Write("&#9;"u8); break;
                case (byte)'\n': output.Write("&#10;"u8); break;
                case (byte)'\r': output.Write("&#13;"u8); break;
                default: output.Write(bytes.AsSpan(i, 1)); break;
            }
        }

        return output.WrittenSpan.ToArray();
    }

    private readonly record struct Parts(int Local, int ResourceStart, bool IsWellFormed)
    {
        public ReadOnlySpan<byte> LocalOf(ReadOnlySpan<byte> utf8) => utf8[..Local];

        public ReadOnlySpan<byte> DomainOf(ReadOnlySpan<byte> utf8) =>
            utf8[(Local == 0 ? 0 : Local + 1)..(ResourceStart == 0 ? utf8.Length : ResourceStart - 1)];

        public ReadOnlySpan<byte> ResourceOf(ReadOnlySpan<byte> utf8) =>
            ResourceStart == 0 ? default : utf8[ResourceStart..];
    }
}
