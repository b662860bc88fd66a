using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Annex.Hosting;
using Annex.Hosting.Configuration;
using Annex.Muc;
using Annex.Push;
using Annex.Search;
using Annex.TurnDiscovery;
using Annex.Upload;

namespace Annex.House;

/// <summary>docs/configuration.md: names, types and defaults from the option classes themselves, meanings from the comments on
/// their properties.</summary>
internal static partial class ConfigurationPage
{
    public const string File = "docs/configuration.md";

    private const string Introduction = """
        # Configuration

        Generated from the option classes (`ANNEX_WRITE_DOCS=1 dotnet test tests/House`); changes belong there.

        The same keys serve one process with all services and five processes with one each. They come from `annex.json` in the
        working directory (or the file that `--config` or `ANNEX_CONFIG` names), then from environment variables with the prefix
        `ANNEX_` and two underscores for each colon (`Muc:Component:Secret` is `ANNEX_Muc__Component__Secret`), then from
        arguments (`--Muc:Enabled=true`); the later wins. Case does not matter. A wrong or unknown key stops the start, one line
        for each. A section of a service that runs elsewhere is ignored, so that one file can serve all.

        Times are written `250ms`, `30s`, `5m`, `2h`, `7d` or `00:00:30`; lists as one value with commas or as `Key:0`, `Key:1`.
        A key marked *secret* appears in no log; its sibling with `File` names a file whose first line is the value.

        """;

    private static readonly AnnexService[] Services =
    [
        MucService.Definition, UploadService.Definition, PushService.Definition, TurnDiscoveryService.Definition,
        SearchService.Definition,
    ];

    private static readonly Lazy<IReadOnlyList<string>> Sources = new(() => Repository.Sources("shared", "services"));

    public static string Write()
    {
        var page = new StringBuilder(Introduction.Replace("\r", "", StringComparison.Ordinal));
        page.Append("\n## For all services\n\n");
        Table(page, [("", typeof(AnnexOptions))]);
        page.Append("\n## In the section of every service\n\nInstead of `Service`: ")
            .AppendJoin(", ", Services.Select(s => $"`{s.Name}`")).Append(".\n\n");
        Table(page, [("Service", typeof(ServiceOptions))]);
        page.Append("\nListeners where `Listen` is not set (those for users only where the service has pages for them):\n\n")
            .Append("| Service | Http | Rpc | Ops |\n|---|---|---|---|\n");
        foreach (var service in Services)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {service.Name} | {DefaultPorts.Http(service.Name)} ")
                .Append(CultureInfo.InvariantCulture, $"| {DefaultPorts.Rpc(service.Name)} | {DefaultPorts.Ops(service.Name)} |\n");
        }
        var sections = AnnexApplication.Describe(Plausible(), Services);
        foreach (var service in Services)
        {
            var own = sections.Where(s => s.Options is not ServiceOptions
                && (s.Path == service.Name || s.Path.StartsWith(service.Name + ":", StringComparison.Ordinal))).ToList();
            if (own.Count == 0)
                continue;
            page.Append("\n## ").Append(service.Name).Append("\n\n");
            Table(page, own.Select(s => (s.Path, s.Options.GetType())));
        }
        return page.ToString();
    }

    private static void Table(StringBuilder page, IEnumerable<(string Path, Type Type)> sections)
    {
        page.Append("| Key | Default | Meaning |\n|---|---|---|\n");
        foreach (var (path, type) in sections)
            Rows(page, path, type, Activator.CreateInstance(type));
    }

    private static void Rows(StringBuilder page, string path, Type type, object? defaults)
    {
        foreach (var property in OptionProperties.Of(type))
        {
            var key = path.Length == 0 ? property.Name : $"{path}:{property.Name}";
            var value = defaults is null ? null : property.GetValue(defaults);
            if (OptionProperties.IsNested(property.PropertyType))
            {
                if (Comment(property.PropertyType, IsType) is { Length: > 0 } section)
                    page.Append("| **`").Append(key).Append("`** | | ").Append(section).Append(" |\n");
                Rows(page, key, property.PropertyType, value ?? Activator.CreateInstance(property.PropertyType));
                continue;
            }
            page.Append("| `").Append(key).Append("` | ").Append(Default(value)).Append(" | ")
                .Append(Meaning(property)).Append(" |\n");
        }
    }

    private static string Default(object? value) => value switch
    {
        null or "" => "",
        bool flag => flag ? "`true`" : "`false`",
        string text => $"`{text}`",
        TimeSpan time => $"`{Time(time)}`",
        IDictionary => "",
        IEnumerable list => Default(string.Join(", ", list.Cast<object>())),
        IFormattable number => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
        _ => $"`{value}`",
    };

    private static string Time(TimeSpan time) =>
        time > TimeSpan.Zero && time.TotalDays % 1 == 0 ? $"{time.TotalDays}d"
        : time.TotalHours >= 1 && time.TotalHours % 1 == 0 ? $"{time.TotalHours}h"
        : time.TotalMinutes >= 1 && time.TotalMinutes % 1 == 0 ? $"{time.TotalMinutes}m"
        : time.TotalSeconds % 1 == 0 ? $"{time.TotalSeconds}s"
        : $"{time.TotalMilliseconds}ms";

    private static string Meaning(PropertyInfo property)
    {
        var parts = new List<string>();
        if (OptionProperties.IsSecret(property))
            parts.Add("*Secret.*");
        if (Comment(property.DeclaringType!, l => IsProperty(l, property.Name)) is { Length: > 0 } comment)
            parts.Add(comment);
        var scalar = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (scalar.IsEnum)
            parts.Add($"One of {string.Join(", ", Enum.GetNames(scalar))}.");
        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            var most = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
            FormattableString limits = most < int.MaxValue
                ? $"From {range.Minimum} to {range.Maximum}." : (FormattableString)$"At least {range.Minimum}.";
            parts.Add(limits.ToString(CultureInfo.InvariantCulture));
        }
        return string.Join(' ', parts).Replace("|", "\\|", StringComparison.Ordinal);
    }

    // The comment is read from the source: the compiler's documentation files would have to be built for every project.
    private static string Comment(Type type, Predicate<string> isMember)
    {
        var file = Sources.Value.FirstOrDefault(f =>
            f.EndsWith($"/{type.Name}.cs", StringComparison.Ordinal)
            && Repository.Read(f).Contains($"namespace {type.Namespace};", StringComparison.Ordinal));
        if (file is null)
            return "";
        var lines = Repository.Read(file).Split('\n').Select(l => l.Trim()).ToList();
        var at = lines.FindIndex(isMember);
        var first = at - 1;
        while (first >= 0 && (lines[first].StartsWith("///", StringComparison.Ordinal)
                              || lines[first].StartsWith('[')))
            first--;
        var text = string.Join(' ', lines.Skip(first + 1).Take(Math.Max(at - first - 1, 0))
            .Where(l => l.StartsWith("///", StringComparison.Ordinal)).Select(l => l[3..].Trim()));
        text = Reference().Replace(text, "`$1`");
        text = Code().Replace(text, "`");
        text = Tag().Replace(text, "");
        return text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal)
            .Replace("&amp;", "&", StringComparison.Ordinal).Trim();
    }

    private static bool IsProperty(string line, string name) => Regex.IsMatch(line, $@"^public .*\b{name}\b\s*(\{{|=>)");

    private static bool IsType(string line) => Regex.IsMatch(line, @"^(public|internal) .*\bclass\b");

    // Enough to let every service say what it reads; nothing of it is used.
    private static Dictionary<string, string?> Plausible()
    {
        var settings = new Dictionary<string, string?> { ["Database"] = "Host=localhost" };
        foreach (var service in Services)
        {
            settings[$"{service.Name}:Enabled"] = "true";
            settings[$"{service.Name}:Component:Jid"] = $"{service.Name.ToLowerInvariant()}.example.org";
            settings[$"{service.Name}:Component:Secret"] = "secret";
        }
        return settings;
    }

    [GeneratedRegex(@"<(?:see|paramref|seealso)\s+\w+=""(?:\w:)?([^""]+)""\s*/>")]
    private static partial Regex Reference();

    [GeneratedRegex("</?c(?:ode)?>")]
    private static partial Regex Code();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();
}
