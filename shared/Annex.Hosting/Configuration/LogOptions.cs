using Microsoft.Extensions.Logging;

namespace Annex.Hosting.Configuration;

/// <summary>What goes to standard output.</summary>
public sealed class LogOptions
{
    /// <summary>Least level that is written: Trace, Debug, Information, Warning, Error, Critical.</summary>
    public LogLevel Level { get; set; } = LogLevel.Information;

    /// <summary>Line (one line an entry) or Json.</summary>
    public LogFormat Format { get; set; } = LogFormat.Line;

    /// <summary>Other levels by the beginning of the category (`Microsoft.AspNetCore: Information`).</summary>
    public Dictionary<string, LogLevel> Levels { get; set; } = [];
}
