using Microsoft.AspNetCore.Builder;

namespace Annex.Hosting;

/// <summary>A process with any set of the suite's services: one container, one web application.</summary>
public static class AnnexApplication
{
    /// <summary>Runs until it is told to stop. The exit code is 0, or 1 when the configuration is wrong (one line per wrong key
    /// on standard error) or the start failed.</summary>
    public static Task<int> RunAsync(string[] args, params AnnexService[] services) => throw new NotImplementedException();

    /// <summary>For tests: the application, validated and not started. <paramref name="settings"/> win over files and
    /// environment.</summary>
    public static WebApplication Build(string[] args, IEnumerable<KeyValuePair<string, string?>>? settings,
        params AnnexService[] services) => throw new NotImplementedException();
}
