using System.Globalization;

namespace Annex.Load;

/// <summary>CPU seconds and resident memory of processes, from /proc: the operating system's own accounting.</summary>
internal static class ProcessFigures
{
    /// <summary>User plus system time in seconds; the clock tick of Linux is 10 ms.</summary>
    public static double CpuSeconds(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
    }

    public static double CpuSeconds(IEnumerable<int> pids) => pids.Sum(CpuSeconds);

    /// <summary>Resident bytes.</summary>
    public static long Resident(IEnumerable<int> pids) => pids.Sum(pid =>
        long.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
}
