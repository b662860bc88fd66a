using System.Diagnostics;
using Annex.Testing;
using Xunit;

namespace Annex.Interop.Clients;

/// <summary>npm packages of a folder with a package.json, installed once.</summary>
internal static class NodeModules
{
    private static readonly SemaphoreSlim OneAtATime = new(1, 1);

    /// <param name="folder">From the repository's root.</param>
    /// <param name="package">One that is there when all are.</param>
    /// <returns>The folder's full path.</returns>
    public static async Task<string> InstallAsync(string folder, string package)
    {
        var directory = Path.Combine(RepositoryRoot.Path, folder);
        await OneAtATime.WaitAsync();
        try
        {
            if (Directory.Exists(Path.Combine(directory, "node_modules", package))) return directory;
            using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-progress"])
            {
                WorkingDirectory = directory,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var output = npm.StandardOutput.ReadToEndAsync();
            var errors = npm.StandardError.ReadToEndAsync();
            await npm.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(4));
            Assert.True(npm.ExitCode == 0, await output + await errors);
            return directory;
        }
        finally
        {
            OneAtATime.Release();
        }
    }
}
