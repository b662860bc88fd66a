using System.Diagnostics;
using Xunit;

namespace Annex.Faults;

/// <summary>A test that mounts, or makes a network: not possible for everybody, and not in every container.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(Find);

    public RootFactAttribute() => Skip = Missing.Value;

    private static string? Find()
    {
        if (Environment.UserName != "root")
            return "needs root: it mounts a small disk and makes a network";
        var name = $"annex-{Environment.ProcessId}";
        return Run("ip", "netns", "add", name) && Run("ip", "netns", "del", name) ? null : "this machine lets nobody make a network";
    }

    public static bool Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start);
        process?.WaitForExit();
        return process?.ExitCode == 0;
    }
}
