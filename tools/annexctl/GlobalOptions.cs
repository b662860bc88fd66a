using System.CommandLine;
using System.Globalization;
using Annex.Hosting.Configuration;

namespace Annex.Ctl;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "JSON instead of tables",
        Recursive = true,
    };

    public static Option<string?> Config { get; } = new("--config")
    {
        Description = "The services' annex.json (default: ANNEX_CONFIG, or annex.json in the working directory)",
        HelpName = "file",
        Recursive = true,
    };

    public static Option<string[]> Set { get; } = new("--set")
    {
        Description = "A configuration key, such as Peers:Muc=http://127.0.0.1:5401; may be given again",
        HelpName = "key=value",
        Recursive = true,
    };

    public static Option<TimeSpan> Timeout { get; } = new("--timeout")
    {
        Description = "How long one call may take (default 30s)",
        HelpName = "time",
        Recursive = true,
        DefaultValueFactory = _ => TimeSpan.FromSeconds(30),
        CustomParser = result =>
        {
            if (OptionScalar.TryParseTime(result.Tokens[0].Value, out var time) && time > TimeSpan.Zero)
                return time;
            result.AddError($"'{result.Tokens[0].Value}' is not a time such as 30s or 2m");
            return default;
        },
    };

    /// <summary>A point in time: "2027-01-31", "2027-01-31T12:00:00Z", or a length before now such as 2h or 7d.</summary>
    public static Option<DateTimeOffset?> Time(string name, string description, bool isLater = false) => new(name)
    {
        Description = description,
        HelpName = isLater ? "date|7d" : "date|2h",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (OptionScalar.TryParseTime(text, out var length) && length > TimeSpan.Zero)
                return isLater ? DateTimeOffset.UtcNow + length : DateTimeOffset.UtcNow - length;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
                return at;
            result.AddError($"'{text}' is neither a date such as 2027-01-31 nor a time such as 7d");
            return null;
        },
    };

    public static Option<int> Limit { get; } = new("--limit") { Description = "At most so many", HelpName = "n" };

    public static Option<string> Reason { get; } = new("--reason") { Description = "Why; some of it is shown to users", HelpName = "text" };

    /// <summary>For what cannot be undone.</summary>
    public static Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Do not ask back" };
}
