using System.Diagnostics;
using System.Globalization;
using Annex.Testing;

namespace Annex.Interop.Together;

/// <summary>deploy/ejabberd/forget-removed-accounts with the real annexctl.</summary>
internal static class RemovalScript
{
    /// <param name="apiPort">Of ejabberd's mod_http_api, on loopback.</param>
    /// <param name="calls">Where muc takes calls, on loopback.</param>
    /// <param name="arguments">Of the script.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(int apiPort, int calls, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(RepositoryRoot.Path, "deploy/ejabberd/forget-removed-accounts"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["EJABBERD_API"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{apiPort}/api");
        start.Environment["ANNEXCTL"] = $"dotnet {Path.Combine(AppContext.BaseDirectory, "annexctl.dll")}";
        start.Environment["ANNEX_Peers__Muc"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{calls}");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return (process.ExitCode, await output + await errors);
    }
}
