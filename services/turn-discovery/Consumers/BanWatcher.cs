using Annex.Contracts.Muc.V1;
using Annex.Rpc;
using Annex.TurnDiscovery.Credentials;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Annex.TurnDiscovery.Consumers;

/// <summary>Keeps the service-wide bans as muc tells them, where there is a muc: this service has no database to keep them in.
/// The same stream says which accounts are gone.</summary>
/// <param name="forget">Called with the bare JID of such an account.</param>
public sealed class BanWatcher(RpcPeers peers, KnownBans bans, TimeProvider time, ILogger<BanWatcher> logger,
    Action<string>? forget = null) : BackgroundService
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (peers.Find("Muc") is not { } muc)
            return;
        var client = new BanList.BanListClient(muc);
        var retry = FirstRetry;
        var isTold = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(client, () => (retry, isTold) = (FirstRetry, false), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (RpcException exception)
            {
                if (stoppingToken.IsCancellationRequested)
                    return;
                if (!isTold)
                    Log.BansUnreachable(logger, exception.Status.StatusCode.ToString());
                isTold = true;
            }
            try
            {
                await Task.Delay(retry, time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
        }
    }

    /// <summary>First all bans in force, then each change.</summary>
    private async Task WatchAsync(BanList.BanListClient client, Action connected, CancellationToken cancellationToken)
    {
        using var call = client.WatchBans(new WatchBansRequest(), cancellationToken: cancellationToken);
        var current = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        await foreach (var change in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            if (change.EndOfCurrent)
            {
                bans.Replace(current);
                connected();
            }
            else if (change.Ban is not { } ban)
            {
                if (change.RemovedAccount.Length > 0)
                    forget?.Invoke(change.RemovedAccount);
            }
            else if (change.IsCurrent)
                current[ban.Subject] = ban.Until?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue;
            else if (change.IsLifted)
                bans.Remove(ban.Subject);
            else
                bans.Add(ban.Subject, ban.Until?.ToDateTimeOffset());
        }
    }
}
