using Annex.Contracts.Muc.V1;
using Annex.Rpc;
using Annex.TurnDiscovery.Consumers;
using Annex.TurnDiscovery.Credentials;
using Annex.Xmpp.Addressing;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Annex.TurnDiscovery.Tests;

/// <summary>The bans of muc, over the contract, in process.</summary>
public sealed class BanWatcherTests
{
    [Fact]
    public async Task The_bans_in_force_are_taken_over_and_each_change_after_them()
    {
        var muc = new Bans();
        using var peers = new RpcPeers();
        peers.AddInProcess("Muc", () => new RpcServiceMap().Add(BanList.BindService(muc)));
        var bans = new KnownBans(TimeProvider.System);
        bans.Add("forgotten@example.org", null);
        var forgotten = "";
        using var watcher = new BanWatcher(peers, bans, TimeProvider.System, NullLogger<BanWatcher>.Instance,
            account => Volatile.Write(ref forgotten, account));
        await watcher.StartAsync(CancellationToken.None);

        await muc.Say(new BanChange { Ban = new Ban { Subject = "romeo@example.org" }, IsCurrent = true });
        await muc.Say(new BanChange { EndOfCurrent = true });
        await UntilAsync(() => IsBanned("romeo@example.org") && !IsBanned("forgotten@example.org"));
        await muc.Say(new BanChange { Ban = new Ban { Subject = "julia@example.org" } });
        await muc.Say(new BanChange { Ban = new Ban { Subject = "romeo@example.org" }, IsLifted = true });
        await UntilAsync(() => IsBanned("julia@example.org") && !IsBanned("romeo@example.org"));

        await muc.Say(new BanChange { RemovedAccount = "paris@example.org" });
        await UntilAsync(() => Volatile.Read(ref forgotten) == "paris@example.org");

        await watcher.StopAsync(CancellationToken.None);

        bool IsBanned(string jid) => bans.IsBanned(Jid.Parse(jid));
    }

    [Fact]
    public async Task Without_a_muc_there_is_nothing_to_watch()
    {
        using var peers = new RpcPeers();
        using var watcher = new BanWatcher(peers, new KnownBans(TimeProvider.System), TimeProvider.System, NullLogger<BanWatcher>.Instance);
        await watcher.StartAsync(CancellationToken.None);
        await watcher.ExecuteTask!;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
            await Task.Delay(1, limit.Token);
    }

    private sealed class Bans : BanList.BanListBase
    {
        private readonly System.Threading.Channels.Channel<BanChange> _changes =
            System.Threading.Channels.Channel.CreateUnbounded<BanChange>();

        public ValueTask Say(BanChange change) => _changes.Writer.WriteAsync(change);

        public override async Task WatchBans(
            WatchBansRequest request, IServerStreamWriter<BanChange> responseStream, ServerCallContext context)
        {
            await foreach (var change in _changes.Reader.ReadAllAsync(context.CancellationToken))
                await responseStream.WriteAsync(change);
        }
    }
}
