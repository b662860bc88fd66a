using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Annex.Hosting.Configuration;

/// <summary>Where the configuration comes from, later ones winning: annex.json in the working directory (or the file that
/// <c>--config</c> or ANNEX_CONFIG names), environment variables ANNEX_*, arguments <c>--Muc:Enabled=true</c>.</summary>
internal static class ConfigurationSources
{
    public const string FileKey = "Config";

    public static void Add(ConfigurationManager configuration, string[] args,
        IEnumerable<KeyValuePair<string, string?>>? settings, ConfigurationErrors errors)
    {
        // Tests bring all their settings with them: no file, no environment of the machine gets in.
        if (settings is not null)
        {
            configuration.Sources.Clear();
            configuration.AddInMemoryCollection(settings);
            configuration.AddCommandLine(args);
            return;
        }
        configuration.AddEnvironmentVariables("ANNEX_");
        configuration.AddCommandLine(args);
        var named = configuration[FileKey];
        var file = Path.GetFullPath(named ?? "annex.json");
        configuration.Sources.Clear();
        if (named is not null && !File.Exists(file))
            errors.Add(FileKey, $"there is no file {file}");
        else if (File.Exists(file))
            AddFile(configuration, file, errors);
        configuration.AddEnvironmentVariables("ANNEX_");
        configuration.AddCommandLine(args);
    }

    private static void AddFile(ConfigurationManager configuration, string file, ConfigurationErrors errors)
    {
        try
        {
            configuration.AddJsonFile(file, optional: false, reloadOnChange: false);
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            var cause = e.InnerException is JsonException json ? json.Message : e.InnerException?.Message ?? e.Message;
            errors.Add(file, $"cannot be read: {cause}");
            configuration.Sources.Clear();
        }
    }
}
