using Annex.Contracts.Muc.V1;
using Annex.Testing.Servers;
using Grpc.Core;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>Real-time block lists on real pubsub services: Prosody's mod_pubsub, which knows no pages, and ejabberd's, which
/// does.</summary>
public sealed class BlockListTests
{
    private static readonly (string Key, string Value)[] Lists =
    [
        ("Muc:BlockLists:0:Service", "pubsub.annex.test"), ("Muc:BlockLists:1:Service", "pubsub.annex.test"),
        ("Muc:BlockLists:1:Node", "trial_bans_sha256"), ("Muc:BlockLists:1:DryRun", "true"), ("Muc:BlockListPage", "2"),
    ];

    private static readonly XmppServerOptions Options = new()
    {
        Users = new Dictionary<string, string> { ["ann"] = "pw-ann", ["bea"] = "pw-bea", ["cid"] = "pw-cid" },
        Components = new Dictionary<string, string> { [AttachedMuc.Component] = AttachedMuc.Secret },
        ComponentLines = """
            Component "pubsub.annex.test" "pubsub"
              admins = { "ann@annex.test" }
            """,
    };

    [Fact]
    public async Task Lists_on_Prosody_are_followed_over_retracts_news_and_a_restart()
    {
        await using var server = await ProsodyServer.StartAsync(Options);
        await FollowAsync(server.ClientPort, server.ComponentPort, () => server.RestartAsync());
    }

    [Fact]
    public async Task Lists_on_ejabberd_are_followed_over_retracts_news_and_a_restart()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        await FollowAsync(server.ClientPort, server.ComponentPort, () => server.RestartAsync());
    }

    private static async Task FollowAsync(int clientPort, int componentPort, Func<Task> restart)
    {
        await using var muc = await AttachedMuc.StartAsync(componentPort, null, Lists);
        var calls = new BanList.BanListClient(muc.Calls);
        await RunAsync(clientPort, "first");
        var before = await ListsAsync(calls);
        Assert.All(before, list => Assert.True(list.IsSubscribed));
        Assert.Equal((5, false), (before[0].Entries, before[0].IsDryRun));
        Assert.Equal((1, true), (before[1].Entries, before[1].IsDryRun));
        Assert.True(before[0].Matches >= 2, before[0].ToString());
        Assert.True(before[1].Matches >= 1, before[1].ToString());

        await restart();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!(await ListsAsync(calls)).Zip(before).All(l => l.First.IsSubscribed && l.First.FetchedAt > l.Second.FetchedAt))
            await Task.Delay(100, limit.Token);
        await RunAsync(clientPort, "again");
    }

    private static async Task RunAsync(int clientPort, string step)
    {
        var (exitCode, output) = await PythonProgram.RunAsync("tests/Interop/Muc/python/block_lists.py",
            ["127.0.0.1", $"{clientPort}", AttachedMuc.Component, "annex.test", step], TimeSpan.FromMinutes(4));
        Assert.True(exitCode == 0 && output.Contains("all seen", StringComparison.Ordinal), output);
    }

    private static async Task<List<BlockList>> ListsAsync(BanList.BanListClient calls)
    {
        var lists = new List<BlockList>();
        using var call = calls.ListBlockLists(new ListBlockListsRequest());
        await foreach (var list in call.ResponseStream.ReadAllAsync())
            lists.Add(list);
        return lists;
    }
}
