using System.Diagnostics;

namespace Annex.Load.Compare;

/// <summary>A process that ends with the bench, however that ends; what it says goes nowhere unless it is asked for.</summary>
internal sealed class Child : IAsyncDisposable
{
    // Waits for the end of its input, which is the bench's, and then kills: most programs would go on without anybody.
    private const string GuardScript = "trap '' INT TERM HUP; cat >/dev/null; kill -9 \"$0\" 2>/dev/null";

    private readonly Process _process;
    private readonly Process? _guard;

    private Child(Process process, Process? guard) => (_process, _guard) = (process, guard);

    public int Id => _process.Id;

    /// <param name="output">Whether its output is read by the caller, and it ends with its input.</param>
    public static Child Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null,
        bool output = false)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
            start.Environment[key] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} cannot be started.");
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        if (!output)
        {
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
        }
        return new Child(process, output ? null : Guard(process.Id));
    }

    public Task<string?> ReadLineAsync(CancellationToken cancellationToken) =>
        _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask();

    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>SIGKILL: for one that does not end otherwise (mu-conference waits for a thread that never ends).</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>SIGTERM, then the end of its input; after a while SIGKILL.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
                await kill.WaitForExitAsync();
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        _process.Dispose();
        if (_guard is null)
            return;
        // It first: the number may soon be another process's.
        _guard.Kill(entireProcessTree: true);
        _guard.Dispose();
    }

    private static Process? Guard(int pid) => Process.Start(new ProcessStartInfo("bash",
        ["-c", GuardScript, pid.ToString(System.Globalization.CultureInfo.InvariantCulture)])
    {
        RedirectStandardInput = true,
    });
}
