using System.Diagnostics;
using Annex.Xmpp.Stanzas;

namespace Annex.Micro;

/// <summary>What one operation cost.</summary>
/// <param name="Nanoseconds">Of the best round: the others were disturbed.</param>
/// <param name="AllocatedBytes">On this thread, of the round that allocated least (a pool that grows is no property of
/// the code).</param>
/// <param name="MegabytesPerSecond">Where the operation works through bytes; else zero.</param>
public sealed record Measurement(string Name, double Nanoseconds, double AllocatedBytes, double MegabytesPerSecond)
{
    /// <param name="name">As in budgets.json.</param>
    /// <param name="operation">Does its work and says how many operations that was.</param>
    /// <param name="bytesPerOperation">Bytes of input, or 0.</param>
    /// <param name="duration">How long one round lasts at least.</param>
    /// <param name="rounds">How many rounds.</param>
    public static Measurement Take(string name, Func<int> operation, double bytesPerOperation, TimeSpan duration,
        int rounds)
    {
        StanzaMemory.RecyclesOnThisThread = true;
        double best = double.MaxValue, allocated = double.MaxValue;
        for (int round = 0; round <= rounds; round++)
        {
            long operations = 0;
            long before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            do operations += operation();
            while (watch.Elapsed < duration);
            double nanoseconds = watch.Elapsed.TotalNanoseconds / operations;
            double bytes = (double)(GC.GetAllocatedBytesForCurrentThread() - before) / operations;
            // The first round compiles and fills pools and caches. Stopwatch itself allocates once a round.
            if (round == 0) continue;
            best = Math.Min(best, nanoseconds);
            allocated = Math.Min(allocated, bytes);
        }

        StanzaMemory.RecyclesOnThisThread = false;
        return new Measurement(name, best, allocated, bytesPerOperation / best * 1000);
    }
}
