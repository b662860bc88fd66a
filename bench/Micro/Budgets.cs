using System.Text.Json;

namespace Annex.Micro;

/// <summary>bench/budgets.json: what an operation may cost. Allocated bytes fail, nanoseconds warn: they depend on the
/// machine.</summary>
public sealed class Budgets
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Dictionary<string, Budget> _budgets;

    private Budgets(Dictionary<string, Budget> budgets) => _budgets = budgets;

    public IEnumerable<string> Names => _budgets.Keys;

    public static Budgets Load() => new(JsonSerializer.Deserialize<Dictionary<string, Budget>>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "budgets.json")), Json)!);

    /// <summary>The sentence that fails the build, or null.</summary>
    public string? Broken(Measurement m)
    {
        if (!_budgets.TryGetValue(m.Name, out var budget)) return $"{m.Name} has no budget in bench/budgets.json.";
        // Half a byte: what is allocated once in a round is no cost of the operation.
        return m.AllocatedBytes <= budget.AllocatedBytes + 0.5 ? null
            : $"{m.Name} allocates {m.AllocatedBytes:F1} bytes, its budget is {budget.AllocatedBytes}.";
    }

    public string? Slow(Measurement m) =>
        _budgets.TryGetValue(m.Name, out var budget) && m.Nanoseconds > budget.Nanoseconds
            ? $"{m.Name} takes {m.Nanoseconds:F0} ns, its budget is {budget.Nanoseconds}." : null;

    private sealed record Budget(double AllocatedBytes, double Nanoseconds);
}
