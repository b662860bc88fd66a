using System.Diagnostics;
using Annex.Testing;
using Xunit;

namespace Annex.Interop;

/// <summary>Runs a script with Node, in its own folder; its packages are installed as its lock file has them.</summary>
internal static class NodeProgram
{
    private static readonly SemaphoreSlim OneInstall = new(1);

    /// <param name="folder">From the repository's root, with package.json.</param>
    /// <returns>What it wrote. A script that fails fails the test, with all that it wrote.</returns>
    public static async Task<string> RunAsync(string folder, string script, params string[] arguments)
    {
        var directory = Path.Combine(RepositoryRoot.Path, folder);
        await OneInstall.WaitAsync();
        try
        {
            var installed = Path.Combine(directory, "node_modules/.package-lock.json");
            if (!File.Exists(installed)
                || File.GetLastWriteTimeUtc(installed) < File.GetLastWriteTimeUtc(Path.Combine(directory, "package-lock.json")))
            {
                await StartAsync("npm", ["ci", "--ignore-scripts", "--no-progress"], directory);
            }
        }
        finally
        {
            OneInstall.Release();
        }
        return await StartAsync("node", [script, .. arguments], directory);
    }

    private static async Task<string> StartAsync(string program, string[] arguments, string directory)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        Assert.True(process.ExitCode == 0, await output + await errors);
        return await output;
    }
}
