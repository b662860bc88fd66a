using Annex.Hosting.Messaging;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Annex.Search.Consumers;

/// <summary>When the index is compared with muc.</summary>
internal static class RoomComparison
{
    public static ReconcileLoop CreateLoop(IServiceProvider services)
    {
        var reconciler = services.GetRequiredService<Reconciler>();
        var logger = services.GetRequiredService<ILogger<Reconciler>>();
        return new ReconcileLoop(async cancellationToken =>
        {
            var outcome = await reconciler.RunAsync(cancellationToken);
            if (outcome is not null and not { Added: 0, Changed: 0, Removed: 0 })
                Log.Reconciled(logger, outcome.Added, outcome.Changed, outcome.Removed);
            return outcome is not null;
        }, services.GetRequiredService<SearchOptions>().ReconcileInterval, services.GetRequiredService<HealthCheckService>(),
            services.GetRequiredService<TimeProvider>(), problem =>
        {
            if (problem is null)
                Log.ReconcileWorksAgain(logger);
            else
                Log.ReconcileFailed(logger, problem);
        });
    }
}
