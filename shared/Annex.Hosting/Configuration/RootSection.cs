using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Annex.Hosting.Configuration;

/// <summary>The configuration as the section with an empty path, so that one reader reads both.</summary>
internal sealed class RootSection(IConfiguration configuration) : IConfigurationSection
{
    public string Key => "";

    public string Path => "";

    public string? Value
    {
        get => null;
        set => throw new NotSupportedException();
    }

    [AllowNull]
    public string this[string key]
    {
        get => configuration[key]!;
        set => configuration[key] = value;
    }

    public IEnumerable<IConfigurationSection> GetChildren() => configuration.GetChildren();

    public IChangeToken GetReloadToken() => configuration.GetReloadToken();

    public IConfigurationSection GetSection(string key) => configuration.GetSection(key);
}
