namespace Annex.Hosting.Configuration;

/// <summary>The configuration is wrong; each line names its key.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> lines) : Exception(string.Join('\n', lines))
{
    public IReadOnlyList<string> Lines { get; } = lines;
}
