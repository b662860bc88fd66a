using Annex.Contracts.Events;
using Annex.Scenarios.Upload;
using Annex.Testing.Scripted;
using Xunit;

namespace Annex.Scenarios.Push;

/// <summary>Messages of rooms for members who are away, from the event that muc sends.</summary>
public sealed class RoomPushes(PushHostFixture fixture) : IClassFixture<PushHostFixture>
{
    private const string Room = "verona@muc.annex.test";

    private PushHost Host => fixture.Host;

    [Fact]
    public async Task Each_device_of_a_member_who_is_away_is_pushed_to_by_its_choice()
    {
        var (romeo, juliet, present) = (Host.NewUser(), Host.NewUser(), Host.NewUser());
        var (all, _, _) = await Host.RegisterBrowserAsync(romeo, ("device-id", "all"), ("rooms", "all"));
        var (mentions, _, _) = await Host.RegisterBrowserAsync(romeo, ("device-id", "mentions"), ("rooms", "mentions"));
        var (none, _, _) = await Host.RegisterBrowserAsync(romeo, ("device-id", "none"));
        var (hers, _, _) = await Host.RegisterBrowserAsync(juliet, ("rooms", "mentions"));
        var (his, _, _) = await Host.RegisterBrowserAsync(present, ("rooms", "all"));

        await Host.PublishEventAsync(Message(1, (romeo, false), (juliet, true)));

        var (push, json) = await all.NextAsync();
        Assert.Equal("high", push["Urgency"]);
        Assert.Equal(Room, json.GetProperty("room").GetString());
        Assert.False(json.TryGetProperty("body", out _) || json.TryGetProperty("sender", out _));
        await hers.NextAsync();
        foreach (var silent in new[] { mentions, none, his }) Assert.Equal(0, Host.Peer.Count(silent.Path));
    }

    [Fact]
    public async Task A_device_that_is_registered_for_all_rooms_and_for_this_one_rings_once_and_by_this_ones_choice()
    {
        var (romeo, juliet) = (Host.NewUser(), Host.NewUser());
        var account = PushHost.Token();
        await Host.RegisterAsync(romeo, "apns", ("token", account), ("device-id", "phone"), ("app", "verona"), ("rooms", "all"));
        var room = PushHost.Token();
        await Host.RegisterAsync(romeo, "apns", ("token", room), ("device-id", "phone"), ("app", "verona"), ("muc", Room));
        var quiet = PushHost.Token();
        await Host.RegisterAsync(juliet, "apns", ("token", quiet), ("device-id", "phone"), ("app", "verona"), ("rooms", "all"));
        var mentions = PushHost.Token();
        await Host.RegisterAsync(juliet, "apns", ("token", mentions), ("device-id", "phone"), ("app", "verona"), ("muc", Room),
            ("rooms", "mentions"));

        await Host.PublishEventAsync(Message(4, (juliet, false)));
        await Host.PublishEventAsync(Message(5, (romeo, false), (juliet, true)));

        await Host.Peer.NextAsync($"/3/device/{room}");
        await Host.Peer.NextAsync($"/3/device/{mentions}");
        foreach (var silent in new[] { account, room, quiet, mentions }) Assert.Equal(0, Host.Peer.Count($"/3/device/{silent}"));
    }

    [Fact] // FCM keeps four collapse keys a device: the account has one, rooms have none
    public async Task At_FCM_no_rooms_push_takes_the_place_of_another_rooms()
    {
        var romeo = Host.NewUser();
        var (node, secret) = await Host.RegisterAsync(romeo, "fcm", ("token", "t"), ("android-id", "phone"), ("rooms", "all"));
        await Host.PublishAsync(node, secret);
        Assert.True(await AndroidAsync("collapse_key"));
        await Host.PublishEventAsync(Message(6, (romeo, false)));
        Assert.False(await AndroidAsync("collapse_key"));
    }

    private async Task<bool> AndroidAsync(string property)
    {
        var push = await Host.Peer.NextAsync("/v1/projects/capulet/messages:send");
        return push.Json.GetProperty("message").GetProperty("android").TryGetProperty(property, out _);
    }

    [Fact]
    public async Task A_message_without_text_rings_nobody_and_an_event_that_comes_twice_rings_once()
    {
        var romeo = Host.NewUser();
        var (browser, _, _) = await Host.RegisterBrowserAsync(romeo, ("rooms", "all"));
        await Host.PublishEventAsync(Message(2, (romeo, false)) with { HasBody = false });
        await Host.PublishEventAsync(Message(3, (romeo, false)));
        await browser.NextAsync();
        Assert.Equal(0, Host.Peer.Count(browser.Path));
    }

    private static RoomMessagePosted Message(int number, params (ScriptedUser User, bool IsMentioned)[] absent) => new()
    {
        Room = Room,
        StanzaId = $"stanza-{number}",
        SenderNick = "nurse",
        HasBody = true,
        At = DateTimeOffset.UtcNow,
        Absent = [.. absent.Select(a => new AbsentMember { Jid = Replies.Bare(a.User), IsMentioned = a.IsMentioned })],
    };
}
