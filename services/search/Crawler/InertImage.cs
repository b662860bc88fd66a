using System.Buffers.Binary;

namespace Annex.Search.Crawler;

/// <summary>
/// Makes a picture of a stranger's into one that is safe to serve: PNG and JPEG only, of bounded size in bytes and in pixels,
/// rewritten from the parts that make the picture; comments, colour profiles, positions and all that follows the end are left out.
/// Everything else (GIF, SVG, WebP) is none.
/// </summary>
public static class InertImage
{
    /// <summary>Of the original.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Pixels in either direction. A picture of this size takes 4 MB unpacked, in the browser of who looks at it.</summary>
    public const int MaxSide = 1024;

    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Of an image that came out of <see cref="From"/>.</summary>
    public static string TypeOf(ReadOnlySpan<byte> image) => image.StartsWith(PngSignature) ? "image/png" : "image/jpeg";

    /// <summary>Null where it is no such picture.</summary>
    public static byte[]? From(ReadOnlySpan<byte> original)
    {
        if (original.Length > MaxBytes)
            return null;
        return original.StartsWith(PngSignature) ? FromPng(original)
            : original is [0xFF, 0xD8, ..] ? FromJpeg(original)
            : null;
    }

    // ISO/IEC 15948 §5: length, type, data, CRC; IHDR first, IEND last.
    private static byte[]? FromPng(ReadOnlySpan<byte> original)
    {
        var image = new MemoryStream();
        image.Write(PngSignature);
        var rest = original[PngSignature.Length..];
        var hasData = false;
        for (var isFirst = true; rest.Length >= 12; isFirst = false)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > (uint)(rest.Length - 12))
                return null;
            var chunk = rest[..((int)length + 12)];
            rest = rest[chunk.Length..];
            var type = chunk[4..8];
            if (isFirst != type.SequenceEqual("IHDR"u8) || (isFirst && !IsGoodHeader(chunk)))
                return null;
            var isNeeded = isFirst || type.SequenceEqual("PLTE"u8) || type.SequenceEqual("tRNS"u8)
                || type.SequenceEqual("IDAT"u8) || type.SequenceEqual("IEND"u8);
            if (!isNeeded)
                continue;
            if (Crc(chunk[4..^4]) != BinaryPrimitives.ReadUInt32BigEndian(chunk[^4..]))
                return null;
            hasData |= type.SequenceEqual("IDAT"u8);
            image.Write(chunk);
            if (type.SequenceEqual("IEND"u8))
                return hasData ? image.ToArray() : null;
        }
        return null;
    }

    private static bool IsGoodHeader(ReadOnlySpan<byte> chunk) => chunk.Length == 25
        && BinaryPrimitives.ReadUInt32BigEndian(chunk[8..]) is > 0 and <= MaxSide
        && BinaryPrimitives.ReadUInt32BigEndian(chunk[12..]) is > 0 and <= MaxSide;

    // ISO/IEC 10918-1 annex B: markers with lengths up to the scans, then data in which 0xFF is followed by 0 or a restart.
    private static byte[]? FromJpeg(ReadOnlySpan<byte> original)
    {
        var image = new MemoryStream();
        image.Write(original[..2]);
        var rest = original[2..];
        var hasFrame = false;
        while (rest.Length >= 4 && rest[0] == 0xFF)
        {
            var marker = rest[1];
            if (marker == 0xFF)
            {
                rest = rest[1..];
                continue;
            }
            if (marker == 0xD9)
                break;
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (length < 2 || length > rest.Length - 2)
                return null;
            var segment = rest[..(length + 2)];
            rest = rest[segment.Length..];
            // Baseline, extended and progressive frames; the others are not pictures that browsers show.
            if (marker is 0xC0 or 0xC1 or 0xC2)
            {
                if (hasFrame || segment.Length < 10 || !IsGoodFrame(segment))
                    return null;
                hasFrame = true;
            }
            else if (marker is >= 0xC3 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return null;
            // Tables, restarts, scans, and Adobe's word on colours; no other application's data, no comments.
            if (marker is 0xC0 or 0xC1 or 0xC2 or 0xC4 or 0xDB or 0xDD or 0xDA || (marker == 0xEE && length == 14))
                image.Write(segment);
            if (marker != 0xDA)
                continue;
            var end = EndOfScan(rest);
            image.Write(rest[..end]);
            rest = rest[end..];
        }
        image.Write([0xFF, 0xD9]);
        return hasFrame && rest is [0xFF, 0xD9, ..] ? image.ToArray() : null;
    }

    private static bool IsGoodFrame(ReadOnlySpan<byte> segment) =>
        BinaryPrimitives.ReadUInt16BigEndian(segment[5..]) is > 0 and <= MaxSide
        && BinaryPrimitives.ReadUInt16BigEndian(segment[7..]) is > 0 and <= MaxSide;

    private static int EndOfScan(ReadOnlySpan<byte> data)
    {
        for (var i = 0; i + 1 < data.Length; i++)
        {
            if (data[i] == 0xFF && data[i + 1] is not (0 or (>= 0xD0 and <= 0xD7)))
                return i;
        }
        return data.Length;
    }

    // ISO/IEC 15948 annex D.
    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }
        return ~crc;
    }
}
