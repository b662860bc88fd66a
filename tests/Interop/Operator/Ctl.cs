using System.Diagnostics;
using System.Text.Json;
using Annex.Ctl;
using Annex.Ctl.Doctor;
using Annex.Hosting.Web;

namespace Annex.Interop.Operator;

/// <summary>annexctl, in this process or as a program, against a running suite.</summary>
internal static class Ctl
{
    /// <summary>The suite's settings, and where its services answer calls.</summary>
    public static Dictionary<string, string?> SettingsOf(Suite suite)
    {
        var settings = new Dictionary<string, string?>(suite.Settings);
        foreach (var service in Suite.Subdomains.Keys)
        {
            if (suite.FindAddress(service, ListenerKind.Rpc) is { } address)
                settings[$"Peers:{service}"] = address.ToString();
        }
        return settings;
    }

    public static async Task<IReadOnlyList<Finding>> ExamineAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var file = await WriteAsync(settings);
        try
        {
            using var session = new Session(CommandLine.Root().Parse(["doctor", "--config", file]), CancellationToken.None);
            var examination = new Examination(session);
            await examination.RunAsync(_ => { });
            return examination.Findings;
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A command line, with the settings as annex.json. Not as a program, whose start takes a second.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        IReadOnlyDictionary<string, string?> settings, params string[] arguments)
    {
        var file = await WriteAsync(settings);
        try
        {
            using var output = new StringWriter();
            using var errors = new StringWriter();
            var exitCode = await CommandLine.RunAsync([.. arguments, "--config", file], output, errors);
            return (exitCode, output.ToString(), errors.ToString());
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>As a program.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunProgramAsync(IReadOnlyDictionary<string, string?> settings,
        string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var file = await WriteAsync(settings);
        try
        {
            var start = new ProcessStartInfo("dotnet",
                [Path.Combine(AppContext.BaseDirectory, "annexctl.dll"), .. arguments, "--config", file])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            };
            foreach (var (key, value) in environment ?? new Dictionary<string, string>())
                start.Environment[key] = value;
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }
            return (process.ExitCode, await output, await errors);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<string> WriteAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var file = Path.Combine(Path.GetTempPath(), $"annexctl-{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(settings));
        return file;
    }
}
