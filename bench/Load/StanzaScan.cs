namespace Annex.Load;

/// <summary>Counts top-level stanzas by their first bytes, over reads cut anywhere. The names are matched with the byte before
/// them, so that the words inside a body (escaped) or a forwarded copy (not produced here) do not count.</summary>
internal struct StanzaScan
{
    private static ReadOnlySpan<byte> MessageTag => "<message "u8;
    private static ReadOnlySpan<byte> PresenceTag => "<presence "u8;
    private static ReadOnlySpan<byte> IqTag => "<iq "u8;

    private readonly byte[] _carry = new byte[16];
    private int _carried;

    public StanzaScan()
    {
    }

    public long Messages { get; private set; }

    public long Presences { get; private set; }

    public long Iqs { get; private set; }

    public long Bytes { get; private set; }

    public void Add(ReadOnlySpan<byte> read)
    {
        Bytes += read.Length;
        if (_carried > 0)
        {
            // A tag that was cut at the end of the last read: look at its bytes together with the first ones of this read.
            Span<byte> joined = stackalloc byte[32];
            _carry.AsSpan(0, _carried).CopyTo(joined);
            var taken = Math.Min(read.Length, 16);
            read[..taken].CopyTo(joined[_carried..]);
            Count(joined[..(_carried + taken)], _carried);
        }
        Count(read, read.Length);
        var last = read.Length == 0 ? -1 : read[Math.Max(0, read.Length - 9)..].LastIndexOf((byte)'<');
        if (last >= 0)
        {
            var tail = read[(Math.Max(0, read.Length - 9) + last)..];
            _carried = IsCut(tail) ? tail.Length : 0;
            tail[..Math.Min(tail.Length, 16)].CopyTo(_carry);
        }
        else if (read.Length > 0)
        {
            _carried = 0;
        }
    }

    private static bool IsCut(ReadOnlySpan<byte> tail) =>
        tail.Length < PresenceTag.Length && PresenceTag.StartsWith(tail)
        || tail.Length < MessageTag.Length && MessageTag.StartsWith(tail)
        || tail.Length < IqTag.Length && IqTag.StartsWith(tail);

    /// <summary>Counts tags that begin before the limit.</summary>
    private void Count(ReadOnlySpan<byte> bytes, int limit)
    {
        var at = 0;
        while (at < limit)
        {
            var next = bytes[at..].IndexOf((byte)'<');
            if (next < 0 || at + next >= limit) return;
            at += next;
            var rest = bytes[at..];
            if (rest.StartsWith(MessageTag)) Messages++;
            else if (rest.StartsWith(PresenceTag)) Presences++;
            else if (rest.StartsWith(IqTag)) Iqs++;
            at++;
        }
    }
}
