using System.Diagnostics;

namespace Annex.Testing.Servers;

/// <summary>Runs a script with Node, in a folder that has a package.json with its lock: the clients of the tests that live in
/// browsers.</summary>
public static class NodeProgram
{
    private static readonly SemaphoreSlim Installing = new(1);

    /// <param name="folder">The scripts' folder, from the repository's root; its packages are installed where they are not.</param>
    /// <param name="script">The script in it.</param>
    /// <param name="arguments">The script's arguments.</param>
    /// <param name="timeout">After which the script is killed and the call fails.</param>
    /// <returns>Exit code, and standard output with standard error after it.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string folder, string script, IEnumerable<string> arguments,
        TimeSpan timeout)
    {
        var directory = Path.Combine(RepositoryRoot.Path, folder);
        await Installing.WaitAsync();
        try
        {
            if (!File.Exists(Path.Combine(directory, "node_modules/.package-lock.json")))
            {
                var (code, output) = await RunAsync("npm", ["ci", "--ignore-scripts", "--no-progress"], directory, TimeSpan.FromMinutes(5));
                if (code != 0)
                {
                    throw new InvalidOperationException($"npm ci failed in {folder}: {output}");
                }
            }
        }
        finally
        {
            Installing.Release();
        }

        return await RunAsync("node", [script, .. arguments], directory, timeout);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments, string directory, TimeSpan timeout)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"There is no {program} to start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{program} {arguments[0]} did not end within {timeout}.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return (process.ExitCode, await output + await errors);
    }
}
