using System.Globalization;

namespace Annex.Load.Compare;

/// <summary>Figures of several rounds by shape, quantity and subject, printed as minimum, median and maximum, and as the ratio to the
/// yardstick of the same round.</summary>
internal sealed class Ratios
{
    private readonly List<(string Shape, string Quantity, string Subject, int Round, double Value)> _all = [];

    public void Add(string shape, string quantity, string subject, int round, double value) =>
        _all.Add((shape, quantity, subject, round, value));

    /// <param name="yardsticks">Subjects that the others are divided by, where they took part.</param>
    public void Print(params string[] yardsticks)
    {
        Console.WriteLine();
        Console.WriteLine("minimum / median / maximum of all rounds; each ratio is of figures of the same round");
        foreach (var table in _all.GroupBy(f => (f.Shape, f.Quantity)))
        {
            foreach (var subject in table.GroupBy(f => f.Subject))
            {
                var line = $"{table.Key.Shape,-28} {table.Key.Quantity,-22} {subject.Key,-16} {Spread(subject.Select(f => f.Value))}";
                foreach (var yardstick in yardsticks.Where(y => y != subject.Key && table.Any(f => f.Subject == y)))
                {
                    var ratios = subject.Join(table.Where(f => f.Subject == yardstick), f => f.Round, f => f.Round, (a, b) => a.Value / b.Value);
                    line += $"   {Spread(ratios)} of {yardstick}";
                }
                Console.WriteLine(line);
            }
        }
    }

    private static string Spread(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? "-" : $"{Short(sorted[0])} / {Short(sorted[sorted.Length / 2])} / {Short(sorted[^1])}";
    }

    private static string Short(double value) => Math.Abs(value) switch
    {
        >= 1000 => value.ToString("F0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("F1", CultureInfo.InvariantCulture),
        _ => value.ToString("F3", CultureInfo.InvariantCulture),
    };
}
