using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Scenarios.Push;
using Annex.Scenarios.Upload;
using Annex.Testing.Servers;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Scenarios.Services;

/// <summary>Service-wide bans of which no event ever comes: made before the service was, or lost with its queue.</summary>
public sealed class BanReconcilerTests
{
    [Fact]
    public async Task An_upload_service_that_starts_asks_muc_who_is_banned_and_later_who_is_no_longer()
    {
        var muc = new ScriptedBans();
        muc.Ban("tybalt@annex.test", DateTimeOffset.UtcNow.AddDays(1));
        muc.Ban("spam.annex.test");
        await using var host = await UploadHost.StartAsync(StoreKind.Disk, muc, ("LocalDomains", "annex.test,spam.annex.test"));
        var tybalt = host.Server.User("tybalt@annex.test/phone");
        await Eventually.IsTrueAsync(async () => Replies.IsError(await host.AskAsync(tybalt, "filename='a' size='5'"), "forbidden"));
        Assert.True(Replies.IsError(await host.AskAsync(host.Server.User("any@spam.annex.test/x"), "filename='a' size='5'"), "forbidden"));

        muc.Lift("tybalt@annex.test");
        var reconciler = host.Services.GetRequiredKeyedService<BanReconciler>("Upload");
        await reconciler.RunAsync(CancellationToken.None);
        Assert.False(Replies.IsError(await host.AskAsync(tybalt, "filename='a' size='5'"), "forbidden"));
        Assert.Equal(0, await reconciler.RunAsync(CancellationToken.None));
    }

    [Fact]
    public async Task While_muc_is_away_a_ban_holds_and_one_that_came_as_an_event_is_kept()
    {
        var muc = new ScriptedBans();
        await using var host = await UploadHost.StartAsync(StoreKind.Disk, muc);
        await Eventually.IsTrueAsync(() => muc.Asked > 0);
        muc.IsAway = true;
        var tybalt = host.NewUser();
        await host.PublishAsync(new UserBanned { Subject = Replies.Bare(tybalt) });
        await Eventually.IsTrueAsync(async () => Replies.IsError(await host.AskAsync(tybalt, "filename='a' size='5'"), "forbidden"));
        var reconciler = host.Services.GetRequiredKeyedService<BanReconciler>("Upload");
        await Assert.ThrowsAsync<RpcException>(() => reconciler.RunAsync(CancellationToken.None));
        Assert.True(Replies.IsError(await host.AskAsync(tybalt, "filename='a' size='5'"), "forbidden"));
    }

    [Fact]
    public async Task A_push_service_that_was_down_when_somebody_was_banned_forgets_his_devices_when_it_starts()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var files = Directory.CreateTempSubdirectory("annex-push-");
        string owner, node, secret;
        await using (var host = await PushHost.StartAsync(database, files))
        {
            var tybalt = host.NewUser();
            owner = Replies.Bare(tybalt);
            (_, node, secret) = await host.RegisterBrowserAsync(tybalt);
        }
        var muc = new ScriptedBans();
        muc.Ban(owner);
        await using (var host = await PushHost.StartAsync(database, files, muc))
        {
            await Eventually.IsTrueAsync(async () => Replies.IsError(await host.PublishAsync(node, secret), "forbidden"));
            Assert.Equal(0, await host.QueryAsync<long>($"select count(*) from push.registrations where owner = '{owner}'"));
            var reply = await host.CommandAsync(host.Server.User($"{owner}/phone"), "register-push-fcm", ("token", "t"), ("android-id", "x"));
            Assert.True(Replies.IsError(reply, "forbidden"));
        }
        files.Delete(recursive: true);
    }

    [Fact]
    public async Task Without_a_muc_nothing_is_asked()
    {
        await using var host = await UploadHost.StartAsync(StoreKind.Disk);
        Assert.Null(await host.Services.GetRequiredKeyedService<BanReconciler>("Upload").RunAsync(CancellationToken.None));
    }
}
