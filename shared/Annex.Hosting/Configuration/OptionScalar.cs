using System.Globalization;
using Annex.Xmpp.Addressing;

namespace Annex.Hosting.Configuration;

/// <summary>One value of the configuration from its text, always in the invariant culture.</summary>
internal static class OptionScalar
{
    /// <param name="expected">With article, for "'x' is not …".</param>
    public static bool TryParse(string text, Type type, out object? value, out string expected)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        var invariant = CultureInfo.InvariantCulture;
        value = null;
        expected = Expected(target);
        if (target == typeof(string))
            value = text;
        else if (target == typeof(bool) && bool.TryParse(text, out var flag))
            value = flag;
        else if (target == typeof(int) && int.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out var number))
            value = number;
        else if (target == typeof(long) && long.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out var large))
            value = large;
        else if (target == typeof(double) && double.TryParse(text, NumberStyles.Float, invariant, out var real))
            value = real;
        else if (target == typeof(TimeSpan) && TryParseTime(text, out var time))
            value = time;
        else if (target == typeof(DateTimeOffset)
            && DateTimeOffset.TryParse(text, invariant, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment))
            value = moment;
        else if (target == typeof(Uri) && Uri.TryCreate(text, UriKind.Absolute, out var uri) && !uri.IsFile)
            value = uri;
        else if (target == typeof(Jid) && Jid.TryParse(text, out var jid))
            value = jid;
        else if (target.IsEnum && !int.TryParse(text, out _) && Enum.TryParse(target, text, ignoreCase: true, out var name))
            value = name;
        return value is not null;
    }

    /// <summary>"00:00:30", "1.12:00:00", or a number with ms, s, m, h or d.</summary>
    public static bool TryParseTime(string text, out TimeSpan time)
    {
        var trimmed = text.Trim();
        if (trimmed.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out time);
        time = default;
        var unit = trimmed.TrimStart("+-.0123456789".ToCharArray());
        if (!double.TryParse(trimmed[..^unit.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return false;
        double? seconds = unit.Trim() switch
        {
            "ms" => number / 1000,
            "s" => number,
            "m" or "min" => number * 60,
            "h" => number * 3600,
            "d" => number * 86400,
            _ => null,
        };
        if (seconds is not { } length || Math.Abs(length) > TimeSpan.MaxValue.TotalSeconds / 2)
            return false;
        time = TimeSpan.FromSeconds(length);
        return true;
    }

    public static string Expected(Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        return target == typeof(bool) ? "true or false"
            : target == typeof(int) || target == typeof(long) ? "a whole number"
            : target == typeof(double) ? "a number"
            : target == typeof(TimeSpan) ? "a time such as 30s, 5m, 2h or 00:00:30"
            : target == typeof(DateTimeOffset) ? "a date and time such as 2027-01-01T00:00:00Z"
            : target == typeof(Uri) ? "an absolute URL"
            : target == typeof(Jid) ? "a JID"
            : target.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(target))
            : target == typeof(string) ? "a text"
            : throw new NotSupportedException($"{target} is no shape of an option.");
    }
}
