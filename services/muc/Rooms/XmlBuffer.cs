// Hot path
using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Annex.Muc.Rooms;

/// <summary>Bytes of stanzas on their way out: one growing array from the pool, written in order. Not
/// thread-safe.</summary>
internal sealed class XmlBuffer : IBufferWriter<byte>, IDisposable
{
    // The memory that one turn of a mailbox may keep for the next: a fan-out's body or the presence of a small room.
    private const int KeptBytes = 64 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(4096);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Slice(int start, int length) => _bytes.AsSpan(start, length);

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Append(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(GetSpan(utf8.Length));
        Length += utf8.Length;
    }

    /// <summary>Text, escaped so that it stands in character data and in an attribute of either quote. Characters that
    /// XML 1.0 does not know are left out.</summary>
    public void AppendEscaped(ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '<': Append("&lt;"u8); break;
                case '>': Append("&gt;"u8); break;
                case '&': Append("&amp;"u8); break;
                case '\'': Append("&apos;"u8); break;
                case '"': Append("&quot;"u8); break;
                case '\t' or '\n' or '\r': AppendReference(rune.Value); break;
                case < 0x20 or 0xFFFE or 0xFFFF: break;
                default: Length += rune.EncodeToUtf8(GetSpan(4)); break;
            }
        }
    }

    /// <summary>The value of an attribute as it stood on the wire, in whichever quotes: ready for single
    /// ones.</summary>
    public void AppendRawAttribute(ReadOnlySpan<byte> raw)
    {
        for (var quote = raw.IndexOf((byte)'\''); quote >= 0; quote = raw.IndexOf((byte)'\''))
        {
            Append(raw[..quote]);
            Append("&apos;"u8);
            raw = raw[(quote + 1)..];
        }
        Append(raw);
    }

    public void Append(long number)
    {
        Utf8Formatter.TryFormat(number, GetSpan(20), out var written);
        Length += written;
    }

    public void Append(Guid id)
    {
        Utf8Formatter.TryFormat(id, GetSpan(36), out var written);
        Length += written;
    }

    /// <summary>A time as XEP-0082 wants it, in UTC with milliseconds.</summary>
    public void Append(DateTimeOffset time)
    {
        time.TryFormat(GetSpan(32), out var written, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
            System.Globalization.CultureInfo.InvariantCulture);
        Length += written;
    }

    private void AppendReference(int character)
    {
        Append("&#"u8);
        Append((long)character);
        Append(";"u8);
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        GetSpan(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (sizeHint < 1)
            sizeHint = 256;
        if (_bytes.Length - Length < sizeHint)
            Grow(sizeHint);
        return _bytes.AsSpan(Length);
    }

    /// <summary>Takes back what was written after this point.</summary>
    public void Truncate(int length) => Length = length;

    public void Clear()
    {
        Length = 0;
        if (_bytes.Length <= KeptBytes)
            return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = ArrayPool<byte>.Shared.Rent(4096);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private void Grow(int sizeHint)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Length + sizeHint));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
