using System.Collections.Concurrent;
using System.Diagnostics;

namespace Annex.Interop.Upload;

/// <summary>The upload service as a process of its own, so that it can be killed.</summary>
internal sealed class UploadProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();

    private UploadProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Log => string.Join('\n', _log);

    public int LogLines => _log.Count;

    /// <summary>Resident memory now, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts it and waits until it answers.</summary>
    public static async Task<UploadProcess> StartAsync(Uri url, IEnumerable<KeyValuePair<string, string>> settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.ArgumentList.Add(typeof(UploadProcess).Assembly.Location);
        start.ArgumentList.Add("upload");
        foreach (var (key, value) in settings) start.ArgumentList.Add($"--{key}={value}");
        var process = new UploadProcess(Process.Start(start)!);
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(new Uri(url, "/x/y"), limit.Token);
                return process;
            }
            catch (HttpRequestException)
            {
                if (process._process.HasExited) throw new InvalidOperationException(process.Log);
                await timer.WaitForNextTickAsync(limit.Token);
            }
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null) _log.Enqueue(line);
    }
}
