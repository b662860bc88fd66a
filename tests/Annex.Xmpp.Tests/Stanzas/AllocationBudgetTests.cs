using Annex.Micro;
using Xunit;

namespace Annex.Xmpp.Tests.Stanzas;

public class AllocationBudgetTests
{
    [Fact]
    public void The_hot_path_stays_within_bench_budgets()
    {
        var budgets = Budgets.Load();
        // Short rounds: what is allocated does not depend on how long one looks.
        var taken = Benchmarks.All(TimeSpan.FromMilliseconds(20), rounds: 3).ToList();
        Assert.Equal([], taken.Select(budgets.Broken).OfType<string>());
        Assert.Equal(budgets.Names.Order(), taken.Select(m => m.Name).Order());
    }
}
