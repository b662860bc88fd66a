using Microsoft.Extensions.Hosting;

namespace Annex.Muc.Storage;

/// <summary>Runs the committer for as long as the process; at its end what the rooms handed over is still written.</summary>
internal sealed class StoreService(GroupCommitter committer) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => committer.RunAsync(stoppingToken);
}
