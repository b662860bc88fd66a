using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace Annex.Interop.Rpc;

/// <summary>A gRPC library of another language, as a process of ours: the probe's client or server.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private PeerProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <param name="language">python or node.</param>
    /// <param name="role">server or client.</param>
    public static async Task<PeerProcess> StartAsync(string language, string role, params string[] arguments)
    {
        var here = Directory();
        var (probe, health) = Protos();
        if (language == "python")
        {
            var stubs = await PythonStubs.Value;
            return Run("/usr/bin/python3", [Path.Combine(here, "python", $"probe_{role}.py"), .. arguments], here,
                ("PYTHONPATH", stubs), ("PYTHONDONTWRITEBYTECODE", "1"));
        }
        await NodePackages.Value;
        return Run("node", [Path.Combine(here, "node", $"probe-{role}.js"), probe, health, .. arguments], here);
    }

    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1))
        ?? throw new InvalidOperationException($"The peer ended: {await _errors}");

    public async Task<string[]> ReadToEndAsync()
    {
        var output = await _process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(2));
        await _process.WaitForExitAsync();
        Assert.True(_process.ExitCode == 0, await _errors);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Both servers end with their standard input.
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
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
    }

    private static readonly Lazy<Task<string>> PythonStubs = new(async () =>
    {
        var (probe, health) = Protos();
        var stubs = System.IO.Directory.CreateTempSubdirectory("annex-probe-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => System.IO.Directory.Delete(stubs, recursive: true);
        await RunToEndAsync("/usr/bin/protoc",
            [
                $"--python_out={stubs}", $"--grpc_out={stubs}", "--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin",
                $"-I{Path.GetDirectoryName(probe)}", $"-I{Path.GetDirectoryName(health)}", probe, health,
            ], stubs);
        return stubs;
    });

    private static readonly Lazy<Task> NodePackages = new(async () =>
    {
        var node = Path.Combine(Directory(), "node");
        if (!System.IO.Directory.Exists(Path.Combine(node, "node_modules", "@grpc", "grpc-js")))
            await RunToEndAsync("npm", ["ci", "--ignore-scripts", "--no-progress"], node);
    });

    private static async Task RunToEndAsync(string program, string[] arguments, string directory)
    {
        await using var process = Run(program, arguments, directory);
        await process.ReadToEndAsync();
    }

    private static PeerProcess Run(
        string program, IEnumerable<string> arguments, string directory, params (string Key, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        return new PeerProcess(Process.Start(start)!);
    }

    private static (string Probe, string Health) Protos()
    {
        var root = Path.Combine(Directory(), "..", "..", "..");
        return (Path.GetFullPath(Path.Combine(root, "tests", "Testing", "Rpc", "probe.proto")),
            Path.GetFullPath(Path.Combine(root, "shared", "Annex.Rpc", "Health", "health.proto")));
    }

    private static string Directory([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
