using System.Text.Json;
using Annex.Contracts.Push.V1;
using Annex.Rpc;
using Annex.Scenarios.Upload;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Scenarios.Push;

/// <summary>annex.push.v1 as operators use it.</summary>
public sealed class AdministrationCalls(PushHostFixture fixture) : IClassFixture<PushHostFixture>
{
    private PushHost Host => fixture.Host;

    private PushNotifications.PushNotificationsClient Client =>
        new(Host.Services.GetRequiredService<RpcPeers>().Find("Push")!);

    [Fact]
    public async Task The_devices_of_a_user_are_listed_with_what_their_network_said_last()
    {
        var romeo = Host.NewUser();
        var (browser, node, secret) = await Host.RegisterBrowserAsync(romeo, ("device-id", "desktop"), ("rooms", "mentions"));
        await Host.PublishAsync(node, secret);
        await browser.NextAsync();
        await Eventually.IsTrueAsync(async () => await OnlyAsync(romeo) is { LastAnswer: "delivered" });
        var device = await OnlyAsync(romeo);
        Assert.Equal((node, "desktop", "webpush", "mentions", 0),
            (device.Id, device.Device, device.Provider, device.Rooms, device.Failures));
        Assert.DoesNotContain(browser.Path, device.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_push_rings_at_every_device_and_tells_what_each_network_said()
    {
        var romeo = Host.NewUser();
        var (live, _, _) = await Host.RegisterBrowserAsync(romeo, ("device-id", "live"));
        var (dead, _, _) = await Host.RegisterBrowserAsync(romeo, ("device-id", "dead"));
        Host.Peer.Always(dead.Path, 410);
        var results = await ListAsync(Client.TestPush(new TestPushRequest { User = Replies.Bare(romeo) }));
        Assert.Equal([("dead", false, "410"), ("live", true, "delivered")],
            results.Select(r => (r.Registration.Device, r.IsDelivered, r.Answer)).Order());
        Assert.Equal("high", (await live.NextAsync()).Push["Urgency"]);
        Assert.Single(await ListAsync(Client.ListRegistrations(new ListRegistrationsRequest { User = Replies.Bare(romeo) })));
        var error = await Assert.ThrowsAsync<RpcException>(() =>
            ListAsync(Client.TestPush(new TestPushRequest { User = Replies.Bare(Host.NewUser()) })));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task What_waits_is_counted_listed_and_can_be_dropped()
    {
        var romeo = Host.NewUser();
        var (browser, node, secret) = await Host.RegisterBrowserAsync(romeo);
        Host.Peer.Always(browser.Path, 429, "", ("Retry-After", "3600"));
        Replies.AssertError(await Host.PublishAsync(node, secret), "wait", "resource-constraint");
        var waiting = Assert.Single(await ListAsync(Client.ListQueued(new ListQueuedRequest { User = Replies.Bare(romeo) })));
        Assert.Equal((node, Replies.Bare(romeo), "webpush", "high", 1),
            (waiting.RegistrationId, waiting.User, waiting.Provider, waiting.Urgency, waiting.Attempts));
        var queue = await Client.GetQueueAsync(new GetQueueRequest());
        Assert.True(queue.Waiting >= 1 && queue.Retrying >= 1, queue.ToString());
        Assert.Equal(1, (await Client.DropQueuedAsync(new DropQueuedRequest { RegistrationId = node })).Pushes);
        Assert.Empty(await ListAsync(Client.ListQueued(new ListQueuedRequest { User = Replies.Bare(romeo) })));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Client.DropQueuedAsync(new DropQueuedRequest()));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task A_user_is_exported_and_erased_as_a_whole()
    {
        var romeo = Host.NewUser();
        var (browser, node, secret) = await Host.RegisterBrowserAsync(romeo);
        var url = await UnifiedPushConversations.RegisterAsync(Host, romeo);
        using var kept = await UnifiedPushConversations.PostAsync(Host, url, [1], ("TTL", "600"));
        var endpoint = Assert.Single(await ListAsync(Client.ListEndpoints(new ListEndpointsRequest { User = Replies.Bare(romeo) })));
        Assert.Equal(1, endpoint.Waiting);

        var export = await Client.ExportUserAsync(new ExportUserRequest { User = Replies.Bare(romeo) });
        var json = JsonDocument.Parse(export.Json.Memory).RootElement;
        Assert.Equal(node, json.GetProperty("devices")[0].GetProperty("node").GetString());
        Assert.Equal(1, json.GetProperty("endpoints").GetArrayLength());
        foreach (var hidden in new[] { browser.Path, secret, new Uri(url).AbsolutePath })
            Assert.DoesNotContain(hidden, export.Json.ToStringUtf8(), StringComparison.Ordinal);

        var erased = await Client.EraseUserAsync(new EraseUserRequest { User = Replies.Bare(romeo) });
        Assert.Equal((1, 1, 1), (erased.Registrations, erased.Endpoints, erased.Waiting));
        Replies.AssertError(await Host.PublishAsync(node, secret), "auth", "forbidden");
        using var gone = await UnifiedPushConversations.PostAsync(Host, url, [1]);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task An_endpoint_that_an_operator_removes_is_nobodys()
    {
        var romeo = Host.NewUser();
        var url = await UnifiedPushConversations.RegisterAsync(Host, romeo);
        var endpoint = Assert.Single(await ListAsync(Client.ListEndpoints(new ListEndpointsRequest { User = Replies.Bare(romeo) })));
        await Client.RemoveEndpointAsync(new RemoveEndpointRequest { Id = endpoint.Id });
        using var gone = await UnifiedPushConversations.PostAsync(Host, url, [1]);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, gone.StatusCode);
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await Client.RemoveEndpointAsync(new RemoveEndpointRequest { Id = endpoint.Id }));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact] // what was queued for a device goes with it, and a server that still waits for its end is told at once
    public async Task A_publish_that_waits_while_its_device_is_removed_is_told_so()
    {
        var romeo = Host.NewUser();
        var (browser, node, secret) = await Host.RegisterBrowserAsync(romeo);
        var (arrived, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        Host.Peer.Script(browser.Path, async _ =>
        {
            arrived.TrySetResult();
            await release.Task;
        });
        var answer = Host.PublishAsync(node, secret);
        await arrived.Task;
        await Client.RemoveRegistrationAsync(new RemoveRegistrationRequest { Id = node });
        Replies.AssertError(await answer, "cancel", "item-not-found");
        release.SetResult();
    }

    private async Task<Registration> OnlyAsync(Annex.Testing.Scripted.ScriptedUser user) =>
        Assert.Single(await ListAsync(Client.ListRegistrations(new ListRegistrationsRequest { User = Replies.Bare(user) })));

    private static async Task<List<T>> ListAsync<T>(AsyncServerStreamingCall<T> call)
    {
        using (call)
        {
            var all = new List<T>();
            await foreach (var one in call.ResponseStream.ReadAllAsync()) all.Add(one);
            return all;
        }
    }
}
