using System.Globalization;

namespace Annex.Hosting.Storage;

/// <summary>
/// Names a process so that its successor on the same machine can tell that it is dead: after kill -9 and a restart nobody waits
/// for a lease to expire. Boot and pid namespace (a container has its own) say which pids can be compared at all, the start time
/// tells a pid's next user from its last.
/// </summary>
internal static class LeaseHolder
{
    public static string Current { get; } = Place() is { } place
        ? $"{place}/{Environment.ProcessId}/{StartTime(Environment.ProcessId)}"
        : $"{Environment.MachineName}/{Guid.NewGuid():N}";

    public static bool IsDead(string holder)
    {
        var parts = holder.Split('/');
        return parts is [var boot, var ns, var pid, var start]
            && Place() == $"{boot}/{ns}"
            && int.TryParse(pid, CultureInfo.InvariantCulture, out var id)
            && StartTime(id) != start;
    }

    private static string? Place()
    {
        try
        {
            var ns = new FileInfo("/proc/self/ns/pid").LinkTarget;
            return ns is null ? null : $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}/{ns}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Field 22 of proc(5)'s stat, in clock ticks since boot; the name in field 2 may hold spaces and ends with ')'.
    // A zombie (Z) is dead, only nobody has asked for its exit code yet.
    private static string? StartTime(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[19];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
