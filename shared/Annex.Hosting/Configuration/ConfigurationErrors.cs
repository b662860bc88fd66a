namespace Annex.Hosting.Configuration;

/// <summary>Collects what is wrong in a configuration: one line per key, in the order of discovery.</summary>
public sealed class ConfigurationErrors
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public bool IsEmpty => _lines.Count == 0;

    /// <summary>Adds "<paramref name="key"/>: <paramref name="problem"/>". The problem never quotes a secret.</summary>
    public void Add(string key, string problem)
    {
        var line = $"{key}: {problem}";
        if (!_lines.Contains(line))
            _lines.Add(line);
    }
}
