using System.Globalization;
using Annex.Fuzz;

// dotnet run -c Release --project tests/Fuzz -- [seconds for each target, default 60] [target …]
double seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 60;
var targets = args.Length > 1 ? args[1..] : [.. FuzzTargets.Names];
int broken = 0;
foreach (string target in targets)
{
    var world = new Instrumented();
    var report = world.Run(target, seconds, Environment.TickCount, FuzzCorpus.Folder);
    Console.WriteLine(report);
    if (report.Crash is null) continue;
    broken++;
    Console.WriteLine("kept as " + FuzzCorpus.KeepCrash(target, report.Crash));
}

return broken == 0 ? 0 : 1;
