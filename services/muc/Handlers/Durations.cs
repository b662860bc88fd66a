using System.Globalization;

namespace Annex.Muc.Handlers;

/// <summary>How long a ban or a mute lasts, as people write it: 30m, 12h, 7d, 4w.</summary>
internal static class Durations
{
    public const string Label = "For how long (30m, 12h, 7d; empty: until it is lifted)";

    // Whoever means longer means for ever.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    /// <summary>False where it is no duration; null where the text is empty: without end.</summary>
    public static bool TryParse(string? text, out TimeSpan? duration)
    {
        duration = null;
        text = text?.Trim();
        if (string.IsNullOrEmpty(text))
            return true;
        TimeSpan? unit = char.ToLowerInvariant(text[^1]) switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            'w' => TimeSpan.FromDays(7),
            _ => null,
        };
        if (unit is null || !int.TryParse(text.AsSpan(0, text.Length - 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture,
                out var number) || number == 0 || number > Longest / unit.Value)
            return false;
        duration = unit.Value * number;
        return true;
    }
}
