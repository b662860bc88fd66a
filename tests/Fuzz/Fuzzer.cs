using System.Diagnostics;

namespace Annex.Fuzz;

/// <summary>The loop: change an input, run it, keep it where it reached something new. The same seed tries the same
/// inputs as far as the time allows.</summary>
public static class Fuzzer
{
    private const int MaxInput = 1024;

    /// <summary>Runs until something breaks or the time is over.</summary>
    /// <returns>runs, edges, corpus, crash, error: plain values, because another load context calls.</returns>
    public static object?[] Run(string target, double seconds, int seed, string folder)
    {
        var fuzz = FuzzTargets.Find(target);
        var random = new Random(seed);
        var corpus = new List<byte[]>();
        var clock = Stopwatch.StartNew();
        long runs = 0;
        string? error = null;
        byte[]? crash = null;
        foreach (byte[] input in FuzzCorpus.Read(folder, target).Append([]))
        {
            runs++;
            error = Try(fuzz, input);
            if (error is not null) crash = input;
            if (crash is not null) break;
            Coverage.IsNew();
            corpus.Add(input);
        }

        while (crash is null && clock.Elapsed.TotalSeconds < seconds)
        {
            byte[] input = Mutation.Of(corpus, random, MaxInput);
            runs++;
            error = Try(fuzz, input);
            if (error is not null) crash = input;
            else if (Coverage.IsNew()) corpus.Add(input);
        }

        if (crash is not null) crash = Shrink(fuzz, crash, ref error);
        return [runs, Coverage.Found, corpus.Count, crash, error];
    }

    private static string? Try(Action<byte[]> target, byte[] input)
    {
        Coverage.Clear();
        try
        {
            target(input);
            return null;
        }
        catch (Exception e)
        {
            return e.ToString();
        }
    }

    // Takes away ever smaller pieces for as long as it still breaks.
    private static byte[] Shrink(Action<byte[]> target, byte[] input, ref string? error)
    {
        for (int piece = Math.Max(1, input.Length / 2); piece > 0; piece /= 2)
        {
            for (int at = 0; at + piece <= input.Length;)
            {
                byte[] less = [.. input.AsSpan(0, at), .. input.AsSpan(at + piece)];
                string? still = Try(target, less);
                if (still is null)
                {
                    at += piece;
                    continue;
                }

                (input, error) = (less, still);
            }
        }

        return input;
    }
}
