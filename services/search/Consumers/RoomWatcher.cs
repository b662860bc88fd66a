using System.Threading.Channels;
using Annex.Contracts.Muc.V1;
using Annex.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Search.Consumers;

/// <summary>Hears from muc, past the bus, which rooms changed. An event is faster; of what none has told a moment later muc is
/// asked, so that a lost event, or a broker that is away, costs that moment and not the time to the next comparison. What changed
/// while nobody watched is found by comparing once the watch stands.</summary>
internal sealed class RoomWatcher(RpcPeers peers, Reconciler reconciler, TimeProvider time, ILogger<RoomWatcher> logger) : BackgroundService
{
    /// <summary>What an event usually takes, several times over; and with what the index in memory takes, well within a second.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    // A standby that takes over is not to be without its watcher for long.
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryUnimplemented = TimeSpan.FromMinutes(1);

    // With more than these waiting the rooms are compared instead.
    private const int MostWaiting = 10_000;

    /// <summary>Muc is heard, and what it did before was compared.</summary>
    public bool IsWatching { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (peers.Find("Muc") is not { } muc)
            return;
        var retry = FirstRetry;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WatchAsync(new RoomDirectory.RoomDirectoryClient(muc), () => retry = FirstRetry, stoppingToken);
            }
            catch (RpcException e) when (!stoppingToken.IsCancellationRequested)
            {
                // ReconcileLoop says that muc is away. One of an earlier version has no such call: the comparisons have to do.
                if (e.StatusCode == StatusCode.Unimplemented)
                    retry = RetryUnimplemented;
            }
            catch (NpgsqlException) when (!stoppingToken.IsCancellationRequested)
            {
                // ReconcileLoop says so too.
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            finally
            {
                IsWatching = false;
            }
            await Task.Delay(retry * (0.9 + (0.2 * Random.Shared.NextDouble())), time, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
        }
    }

    private async Task WatchAsync(RoomDirectory.RoomDirectoryClient muc, Action stands, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var call = muc.WatchRooms(new WatchRoomsRequest(), cancellationToken: end.Token);
        if (!await call.ResponseStream.MoveNext(end.Token))
            return;
        stands();
        // Read at once, whatever the comparing takes: muc lets nobody be far behind.
        var waiting = Channel.CreateBounded<(string Room, long Version, long At)>(
            new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true, SingleWriter = true });
        var reading = ReadAsync(call.ResponseStream, waiting.Writer, end.Token);
        try
        {
            await reconciler.RunAsync(end.Token);
            IsWatching = true;
            await CatchUpAsync(waiting.Reader, end.Token);
        }
        finally
        {
            await end.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        // Its end is the watch's.
        await reading;
    }

    private async Task ReadAsync(IAsyncStreamReader<RoomNews> news, ChannelWriter<(string Room, long Version, long At)> waiting,
        CancellationToken cancellationToken)
    {
        try
        {
            while (await news.MoveNext(cancellationToken))
            {
                // Too far behind: the watch begins anew, with a comparison.
                if (!waiting.TryWrite((news.Current.Room, news.Current.Version, time.GetTimestamp())))
                    return;
            }
        }
        finally
        {
            waiting.TryComplete();
        }
    }

    private async Task CatchUpAsync(ChannelReader<(string Room, long Version, long At)> waiting, CancellationToken cancellationToken)
    {
        var isBehind = false;
        while (await waiting.WaitToReadAsync(cancellationToken))
        {
            // What comes in a burst is looked up together.
            await Task.Delay(Patience, time, cancellationToken);
            var changed = new Dictionary<string, long>(StringComparer.Ordinal);
            long last = 0;
            while (waiting.TryRead(out var news))
                (changed[news.Room], last) = (Math.Max(changed.GetValueOrDefault(news.Room), news.Version), news.At);
            var left = Patience - time.GetElapsedTime(last);
            if (left > TimeSpan.Zero)
                await Task.Delay(left, time, cancellationToken);
            var missed = await reconciler.CatchUpAsync(changed, cancellationToken);
            // Once per change of state: with the broker away every change is one that no event told.
            if (missed > 0 && !isBehind)
                Log.EventsMissed(logger, missed);
            isBehind = missed > 0;
        }
    }
}
