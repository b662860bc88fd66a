using System.Globalization;

namespace Annex.Xmpp.Extensions.Delay;

/// <summary>Dates and times as XMPP writes them (XEP-0082): written in UTC, read strictly with any offset.</summary>
public static class XmppDateTime
{
    // XML Schema: offsets reach from -14:00 to +14:00.
    private const int MaxOffsetMinutes = 14 * 60;

    /// <summary>Bytes and characters of the longest form that is written.</summary>
    public const int MaxLength = 24;

    /// <summary>Seconds, or milliseconds where they are not zero.</summary>
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString(Pattern(time), CultureInfo.InvariantCulture);

    /// <summary>The same into UTF-8; false where there is less room than <see cref="MaxLength"/> needs.</summary>
    public static bool TryFormat(DateTimeOffset time, Span<byte> utf8, out int written) =>
        time.UtcDateTime.TryFormat(utf8, out written, Pattern(time), CultureInfo.InvariantCulture);

    /// <summary>CCYY-MM-DDThh:mm:ss[.sss]TZD, nothing else. The result is in UTC; fractions beyond 100 ns are
    /// cut.</summary>
    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        time = default;
        // The date and the time of day have 19 characters, the shortest zone has one.
        if (text is null || text.Length < 20 || text.Length > 64 || text[10] != 'T')
            return false;

        var rest = text.AsSpan(19);
        if (!DateTime.TryParseExact(text.AsSpan(0, 19), "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture,
                DateTimeStyles.None, out var local) ||
            !TryReadFraction(ref rest, out var ticks) || !TryReadZone(rest, out var offset))
        {
            return false;
        }

        var utc = local.Ticks + ticks - offset.Ticks;
        if (utc < DateTime.MinValue.Ticks || utc > DateTime.MaxValue.Ticks)
            return false;

        time = new DateTimeOffset(utc, TimeSpan.Zero);
        return true;
    }

    /// <summary>CCYY-MM-DD.</summary>
    public static bool TryParseDate(string? text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    public static string FormatDate(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Pattern(DateTimeOffset time) =>
        time.Ticks % TimeSpan.TicksPerSecond < TimeSpan.TicksPerMillisecond
            ? "yyyy-MM-dd'T'HH:mm:ss'Z'"
            : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static bool TryReadFraction(ref ReadOnlySpan<char> rest, out long ticks)
    {
        ticks = 0;
        if (rest[0] != '.')
            return true;

        var digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0)
            return false;

        var unit = TimeSpan.TicksPerSecond;
        for (var i = 1; i <= digits; i++)
        {
            unit /= 10;
            ticks += (rest[i] - '0') * unit;
        }

        rest = rest[(digits + 1)..];
        return true;
    }

    private static bool TryReadZone(ReadOnlySpan<char> zone, out TimeSpan offset)
    {
        offset = default;
        if (zone is "Z")
            return true;

        if (zone.Length != 6 || zone[0] is not ('+' or '-') || zone[3] != ':' ||
            !int.TryParse(zone[1..3], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) ||
            !int.TryParse(zone[4..6], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) ||
            minutes > 59 || (hours * 60) + minutes > MaxOffsetMinutes)
        {
            return false;
        }

        offset = TimeSpan.FromMinutes((hours * 60) + minutes) * (zone[0] == '-' ? -1 : 1);
        return true;
    }
}
