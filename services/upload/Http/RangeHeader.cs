using System.Globalization;

namespace Annex.Upload.Http;

/// <summary>The Range header of a GET (RFC 9110 §14.2).</summary>
public static class RangeHeader
{
    /// <summary>Reads the header against a representation of this length.</summary>
    /// <returns>Null: ignore the header and send everything (§14.2: unknown unit, malformed, too many). Empty: 416. Otherwise
    /// the ranges in the order of the request; overlapping ones make one.</returns>
    public static IReadOnlyList<ByteRange>? Read(string? header, long length, int maxRanges)
    {
        if (header is null) return null;
        var equals = header.IndexOf('=');
        if (equals < 0 || !header.AsSpan(0, equals).Trim(' ').Equals("bytes", StringComparison.OrdinalIgnoreCase)) return null;
        var ranges = new List<ByteRange>();
        var specs = 0;
        foreach (var part in header.AsSpan(equals + 1).Split(','))
        {
            var spec = header.AsSpan(equals + 1)[part].Trim(" \t");
            if (spec.IsEmpty) continue; // §5.6.1.2: empty list elements are ignored
            if (++specs > maxRanges) return null;
            if (!TryRead(spec, length, out var range)) return null;
            if (range is { } satisfiable) ranges.Add(satisfiable);
        }
        if (specs == 0) return null;
        return Overlaps(ranges) ? Coalesce(ranges) : ranges;
    }

    // false: malformed. null: well-formed, but outside.
    private static bool TryRead(ReadOnlySpan<char> spec, long length, out ByteRange? range)
    {
        range = null;
        var dash = spec.IndexOf('-');
        if (dash < 0) return false;
        var left = spec[..dash];
        var right = spec[(dash + 1)..];
        if (left.IsEmpty)
        {
            if (!TryNumber(right, out var suffix)) return false;
            if (suffix > 0 && length > 0) range = new ByteRange(Math.Max(0, length - suffix), length - 1);
            return true;
        }
        if (!TryNumber(left, out var first)) return false;
        var last = long.MaxValue;
        if (!right.IsEmpty && (!TryNumber(right, out last) || last < first)) return false;
        if (first < length) range = new ByteRange(first, Math.Min(last, length - 1));
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out long number)
    {
        number = 0;
        if (digits.IsEmpty || digits.IndexOfAnyExceptInRange('0', '9') >= 0) return false;
        // A number beyond 63 bits is beyond every file.
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number)) number = long.MaxValue;
        return true;
    }

    private static bool Overlaps(List<ByteRange> ranges)
    {
        for (var i = 0; i < ranges.Count; i++)
        {
            for (var j = i + 1; j < ranges.Count; j++)
            {
                if (ranges[i].First <= ranges[j].Last && ranges[j].First <= ranges[i].Last) return true;
            }
        }
        return false;
    }

    // §17.15: overlapping ranges are how a small request asks for many times the file.
    private static List<ByteRange> Coalesce(List<ByteRange> ranges)
    {
        ranges.Sort((a, b) => a.First.CompareTo(b.First));
        var merged = new List<ByteRange> { ranges[0] };
        foreach (var range in ranges.Skip(1))
        {
            var last = merged[^1];
            if (range.First <= last.Last + 1) merged[^1] = last with { Last = Math.Max(last.Last, range.Last) };
            else merged.Add(range);
        }
        return merged;
    }
}
