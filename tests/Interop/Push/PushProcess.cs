using System.Diagnostics;

namespace Annex.Interop.Push;

/// <summary>services/push as a process of its own, to be killed.</summary>
internal sealed class PushProcess : IDisposable
{
    private readonly Process _process;

    private PushProcess(Process process) => _process = process;

    public static PushProcess Start(IReadOnlyDictionary<string, string?> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Annex.Push.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in settings)
            start.Environment["ANNEX_" + key.Replace(":", "__", StringComparison.Ordinal)] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet cannot be started.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new PushProcess(process);
    }

    public void Kill()
    {
        _process.Kill(entireProcessTree: true); // SIGKILL
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }
}
