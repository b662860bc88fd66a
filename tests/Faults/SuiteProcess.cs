using Annex.Testing.Servers;
using System.Diagnostics;
using System.Globalization;

namespace Annex.Faults;

/// <summary>All of Annex in one process of its own, as <c>host</c> runs it.</summary>
internal sealed class SuiteProcess : IDisposable
{
    public const string Secret = "the-secret-of-the-tests";

    private readonly Process _process;
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("annex-soak-");

    public SuiteProcess(string database, int componentPort)
    {
        UploadUrl = new Uri($"http://127.0.0.1:{FreePorts.Next()}");
        MucOps = new Uri($"http://127.0.0.1:{FreePorts.Next()}");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Annex.Host.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _files.FullName,
        };
        // Of the young generation's size .NET makes what the processor's cache has, on a virtual machine hundreds of megabytes:
        // memory would only be seen to grow until it is full. (Hexadecimal.)
        start.Environment["DOTNET_GCgen0size"] = "1000000";
        start.Environment["ANNEX_Database"] = database;
        start.Environment["ANNEX_LocalDomains__0"] = "annex.test";
        foreach (var (section, jid) in ((string, string)[])[("Muc", "muc"), ("Upload", "upload"), ("Push", "push"), ("Search", "search")])
        {
            start.Environment[$"ANNEX_{section}__Component__Jid"] = $"{jid}.annex.test";
            start.Environment[$"ANNEX_{section}__Component__Secret"] = Secret;
            start.Environment[$"ANNEX_{section}__Component__Port"] = componentPort.ToString(CultureInfo.InvariantCulture);
            start.Environment[$"ANNEX_{section}__Ops__Listen"] = section == "Muc" ? MucOps.Authority : "127.0.0.1:0";
            start.Environment[$"ANNEX_{section}__Rpc__Listen"] = "127.0.0.1:0";
            if (section != "Muc")
                start.Environment[$"ANNEX_{section}__Http__Listen"] = section == "Upload" ? UploadUrl.Authority : $"127.0.0.1:{FreePorts.Next()}";
        }
        start.Environment["ANNEX_Upload__Directory"] = Path.Combine(_files.FullName, "upload");
        start.Environment["ANNEX_Upload__SlotsPerMinute"] = "0";
        start.Environment["ANNEX_Push__EncryptionKeyFile"] = Path.Combine(_files.FullName, "push.keys");
        start.Environment["ANNEX_Push__WebPush__KeyFiles"] = Path.Combine(_files.FullName, "vapid.pem");
        _process = Process.Start(start) ?? throw new InvalidOperationException("dotnet cannot be started.");
        _process.OutputDataReceived += (_, line) => Log.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => Log.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public System.Collections.Concurrent.ConcurrentQueue<string> Log { get; } = new();

    public Uri UploadUrl { get; }

    public Uri MucOps { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>Resident bytes, open files, threads.</summary>
    public (long Resident, int Files, int Threads) Usage
    {
        get
        {
            _process.Refresh();
            return (_process.WorkingSet64, Directory.GetFiles($"/proc/{_process.Id}/fd").Length, _process.Threads.Count);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        _files.Delete(recursive: true);
    }
}
