using System.Diagnostics;
using System.Globalization;

namespace Annex.Interop.Muc;

/// <summary>services/muc as a process of its own, to be killed.</summary>
internal sealed class MucProcess : IDisposable
{
    private readonly Process _process;

    private MucProcess(Process process) => _process = process;

    public static MucProcess Start(string database, int componentPort)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Annex.Muc.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ANNEX_Database"] = database;
        start.Environment["ANNEX_LocalDomains__0"] = "example.org";
        start.Environment["ANNEX_Muc__Component__Jid"] = "muc.example.org";
        start.Environment["ANNEX_Muc__Component__Port"] = componentPort.ToString(CultureInfo.InvariantCulture);
        start.Environment["ANNEX_Muc__Component__Secret"] = ComponentServer.Secret;
        start.Environment["ANNEX_Muc__Ops__Listen"] = "127.0.0.1:0";
        start.Environment["ANNEX_Muc__Rpc__Listen"] = "127.0.0.1:0";
        start.Environment["ANNEX_Muc__MessagesPerSecond"] = "0";
        start.Environment["ANNEX_Muc__RoomMessagesPerSecond"] = "0";
        var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet cannot be started.");
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new MucProcess(process);
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
