using System.Diagnostics;

namespace Annex.Testing.Servers;

/// <summary>Runs a script with Debian's Python, which has slixmpp and grpcio: the real clients of the tests.</summary>
public static class PythonProgram
{
    // Not the first python3 on the path: that may be another one, without Debian's packages.
    private const string Interpreter = "/usr/bin/python3";

    /// <param name="script">Path from the repository's root.</param>
    /// <param name="arguments">The script's arguments.</param>
    /// <param name="timeout">After which the script is killed and the call fails.</param>
    /// <param name="cancellationToken">Kills the script too.</param>
    /// <returns>Exit code, and standard output with standard error after it.</returns>
    public static Task<(int ExitCode, string Output)> RunAsync(
        string script, IEnumerable<string> arguments, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        RunAsync(script, arguments, timeout, new Dictionary<string, string>(), cancellationToken);

    /// <summary>The same with variables beside those that this process has.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string script, IEnumerable<string> arguments, TimeSpan timeout,
        IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(Interpreter)
        {
            WorkingDirectory = RepositoryRoot.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PYTHONUNBUFFERED"] = "1";
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.ArgumentList.Add(Path.Combine(RepositoryRoot.Path, script));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("No Python to start.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{script} did not end within {timeout}.");
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
