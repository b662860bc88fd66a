using System.Collections.Concurrent;
using System.Diagnostics;

namespace Annex.Testing.Servers;

/// <summary>
/// One real server on the loopback interface, run by <c>deploy/servers/serve</c> as <c>./run</c> does. The server's
/// life hangs on a pipe: when this process ends, in any way, the server is ended and its files are removed.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // A loaded machine may need long for a start that takes seconds elsewhere; the script has its own, shorter limit.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(4);
    private static readonly ConcurrentDictionary<ServerProcess, bool> Running = new();

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly SemaphoreSlim _oneCommand = new(1, 1);
    private readonly Dictionary<string, string> _facts = [];

    static ServerProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) => EndAll();

    private ServerProcess(Process process)
    {
        _process = process;
        Running[this] = true;
        process.ErrorDataReceived += (_, line) => KeepError(line.Data);
        process.BeginErrorReadLine();
    }

    public string this[string fact] => _facts[fact];

    public int Port(string fact) => int.Parse(_facts[fact], System.Globalization.CultureInfo.InvariantCulture);

    /// <param name="kind">A file name of <c>deploy/servers/kinds</c>.</param>
    /// <param name="settings">What that file documents; a null value is left out.</param>
    /// <param name="cancellationToken">Ends the wait and the server.</param>
    /// <param name="place">Where its folder is made, if not where the tests' others are.</param>
    public static async Task<ServerProcess> StartAsync(string kind, IEnumerable<KeyValuePair<string, string?>> settings,
        CancellationToken cancellationToken, string? place = null)
    {
        var start = new ProcessStartInfo(Path.Combine(RepositoryRoot.Path, "deploy", "servers", "serve"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (place is not null)
        {
            start.Environment["SERVERS_OF_ANNEX"] = place;
        }

        start.ArgumentList.Add(kind);
        start.ArgumentList.Add("new");
        foreach (var (key, value) in settings)
        {
            if (value is not null)
            {
                start.ArgumentList.Add($"{key}={value}");
            }
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException("No shell to start a server with.");
        var server = new ServerProcess(process);
        try
        {
            await server.ReadUntilAsync("ready", cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a word of <c>serve</c> (stop, kill, pause, resume, start) and waits for its answer.</summary>
    public async Task CommandAsync(string word, string answer, CancellationToken cancellationToken)
    {
        await _oneCommand.WaitAsync(cancellationToken);
        try
        {
            await _process.StandardInput.WriteLineAsync(word.AsMemory(), cancellationToken);
            await _process.StandardInput.FlushAsync(cancellationToken);
            await ReadUntilAsync(answer, cancellationToken);
        }
        finally
        {
            _oneCommand.Release();
        }
    }

    public Task KillAsync(CancellationToken cancellationToken) => CommandAsync("kill", "killed", cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => CommandAsync("stop", "stopped", cancellationToken);

    public Task StartAgainAsync(CancellationToken cancellationToken) => CommandAsync("start", "ready", cancellationToken);

    public Task PauseAsync(CancellationToken cancellationToken) => CommandAsync("pause", "paused", cancellationToken);

    public Task ResumeAsync(CancellationToken cancellationToken) => CommandAsync("resume", "resumed", cancellationToken);

    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await StopAsync(cancellationToken);
        await StartAgainAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Running.TryRemove(this, out _))
        {
            CloseInput();
            await _process.WaitForExitAsync();
            _process.Dispose();
            _oneCommand.Dispose();
        }
    }

    private static void EndAll()
    {
        var ended = Running.Keys.Where(server => Running.TryRemove(server, out _)).ToList();
        ended.ForEach(server => server.CloseInput());
        ended.ForEach(server => server._process.WaitForExit(TimeSpan.FromSeconds(40)));
    }

    private void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The script is gone already; so is its server.
        }
    }

    private async Task ReadUntilAsync(string answer, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerTimeout);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line == answer)
            {
                return;
            }

            if (line.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
            {
                _facts[line[..equals]] = line[(equals + 1)..];
            }
            else
            {
                KeepError(line);
            }
        }

        await _process.WaitForExitAsync(limit.Token);
        throw new InvalidOperationException(
            $"The server did not answer '{answer}': {string.Join(Environment.NewLine, _errors)}");
    }

    private void KeepError(string? line)
    {
        if (line is not null)
        {
            _errors.Enqueue(line);
            while (_errors.Count > 40)
            {
                _errors.TryDequeue(out _);
            }
        }
    }
}
