using System.Runtime.InteropServices;
using Annex.Micro;

// dotnet run -c Release --project bench/Micro [-- seconds per round, default 0.3]
double seconds = args.Length > 0 ? double.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 0.3;
var budgets = Budgets.Load();
int broken = 0;
#if DEBUG
Console.WriteLine("A debug build: the times say nothing.");
#endif
Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} cores, one used");
Console.WriteLine($"{"operation",-18}{"ns",10}{"bytes",10}{"MB/s",10}{"million/s",12}");
foreach (var m in Benchmarks.All(TimeSpan.FromSeconds(seconds), rounds: 5))
{
    Console.WriteLine($"{m.Name,-18}{m.Nanoseconds,10:F0}{m.AllocatedBytes,10:F1}{m.MegabytesPerSecond,10:F0}{1000 / m.Nanoseconds,12:F2}");
    if (budgets.Slow(m) is { } slow) Console.WriteLine("  warning: " + slow);
    if (budgets.Broken(m) is not { } sentence) continue;
    Console.WriteLine("  FAILED: " + sentence);
    broken++;
}

return broken == 0 ? 0 : 1;
