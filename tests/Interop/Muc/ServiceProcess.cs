using System.Diagnostics;
using System.Globalization;

namespace Annex.Interop.Muc;

/// <summary>One of the services as a process of its own, to be killed.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly Process _process;
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _said = new();

    private ServiceProcess(Process process) => _process = process;

    private readonly TaskCompletionSource _standby = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TaskCompletionSource _databaseAway = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the process says that its database is away.</summary>
    public Task DatabaseAwayAsync() => _databaseAway.Task.WaitAsync(TimeSpan.FromMinutes(1));

    /// <summary>Completes when the process says that another one is the owner.</summary>
    public Task StandbyAsync() => _standby.Task.WaitAsync(TimeSpan.FromMinutes(1));

    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the process says that its component is connected.</summary>
    public Task ConnectedAsync() => _connected.Task.WaitAsync(TimeSpan.FromMinutes(1));

    /// <param name="more">Further settings, as ANNEX_ names without the prefix.</param>
    public static ServiceProcess StartMuc(string database, int componentPort, params (string Key, string Value)[] more) =>
        Start("Muc", "muc.example.org", database, componentPort,
            [("Muc__MessagesPerSecond", "0"), ("Muc__RoomMessagesPerSecond", "0"), .. more]);

    /// <param name="launcher">A command that runs the one behind it somewhere else: another network, another time.</param>
    public static ServiceProcess StartMucBy(IReadOnlyList<string> launcher, string database, int componentPort,
        params (string Key, string Value)[] more) => Start("Muc", "muc.example.org", database, componentPort,
            [("Muc__MessagesPerSecond", "0"), ("Muc__RoomMessagesPerSecond", "0"), .. more], launcher);

    /// <param name="service">The section of the configuration, such as Muc.</param>
    /// <param name="jid">The component's address.</param>
    /// <param name="more">Further settings, as ANNEX_ names without the prefix.</param>
    public static ServiceProcess Start(string service, string jid, string database, int componentPort,
        params (string Key, string Value)[] more) => Start(service, jid, database, componentPort, more, []);

    /// <summary>It has ended by itself, as a process does that lost its lease.</summary>
    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    private static ServiceProcess Start(string service, string jid, string database, int componentPort,
        (string Key, string Value)[] more, IReadOnlyList<string> launcher)
    {
        string[] command = [.. launcher, "dotnet", Path.Combine(AppContext.BaseDirectory, $"Annex.{service}.dll")];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ANNEX_Database"] = database;
        start.Environment["ANNEX_LocalDomains__0"] = "example.org";
        start.Environment[$"ANNEX_{service}__Component__Jid"] = jid;
        start.Environment[$"ANNEX_{service}__Component__Port"] = componentPort.ToString(CultureInfo.InvariantCulture);
        start.Environment[$"ANNEX_{service}__Component__Secret"] = ComponentServer.Secret;
        start.Environment[$"ANNEX_{service}__Ops__Listen"] = "127.0.0.1:0";
        start.Environment[$"ANNEX_{service}__Rpc__Listen"] = "127.0.0.1:0";
        foreach (var (key, value) in more)
            start.Environment[$"ANNEX_{key}"] = value;
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet cannot be started.");
        var muc = new ServiceProcess(process);
        process.OutputDataReceived += (_, line) => muc.Read(line.Data);
        process.ErrorDataReceived += (_, line) => muc.Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return muc;
    }

    /// <summary>SIGTERM, and waits for the end: what systemd and docker do.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
    }

    public void Kill()
    {
        _process.Kill(entireProcessTree: true); // SIGKILL
        _process.WaitForExit();
    }

    /// <summary>What it said last.</summary>
    public string Log => string.Join('\n', _said);

    private void Read(string? line)
    {
        if (line is not null) _said.Enqueue(line);
        while (_said.Count > 50) _said.TryDequeue(out _);
        if (line?.Contains("standing by", StringComparison.OrdinalIgnoreCase) == true)
            _standby.TrySetResult();
        if (line?.Contains("the database is away", StringComparison.Ordinal) == true)
            _databaseAway.TrySetResult();
        if (line?.Contains(" is connected to ", StringComparison.Ordinal) == true)
            _connected.TrySetResult();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }
}
