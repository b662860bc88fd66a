using System.Threading.Channels;
using Annex.Contracts.Events;
using Annex.Contracts.Muc.V1;
using Annex.Scenarios.Upload;
using Annex.Search.Consumers;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Scenarios.Search;

/// <summary>How the suite's own rooms come into the index and go.</summary>
public sealed class EventTests : IAsyncLifetime
{
    private SearchHost _search = null!;

    public async Task InitializeAsync() => _search = await SearchHost.StartAsync();

    public async Task DisposeAsync() => await _search.DisposeAsync();

    [Fact]
    public async Task A_room_made_public_is_found_and_one_destroyed_is_gone()
    {
        await _search.PublishAsync(new RoomChanged { State = SearchHost.Room("life", "lemur") });
        await Eventually.IsTrueAsync(async () => await _search.FindAsync("lemur") == "life");
        await _search.PublishAsync(new RoomOccupancyChanged { Room = "life@rooms.annex.test", Version = 2, Occupants = 44 });
        await Eventually.IsTrueAsync(async () => await _search.FindAsync("lemur", q => q with { MinOccupants = 44 }) == "life");
        await _search.PublishAsync(new RoomDestroyed { Room = "life@rooms.annex.test", Version = 3 });
        await Eventually.IsTrueAsync(async () => await _search.FindAsync("lemur") == "");
        // What was sent before and comes after it does not bring it back.
        await _search.PutAsync(SearchHost.Room("life", "lemur", version: 2));
        Assert.Equal("", await _search.FindAsync("lemur"));
        await _search.PutAsync(SearchHost.Room("life", "lemur", version: 4));
        Assert.Equal("life", await _search.FindAsync("lemur"));
    }

    [Fact]
    public async Task An_empty_index_fills_itself_from_muc()
    {
        foreach (var n in Enumerable.Range(0, 450))
            _search.Muc.Rooms[$"{n}"] = Listed($"m{n:D3}", "meerkat", 1);
        var outcome = await _search.Services.GetRequiredService<Reconciler>().RunAsync(CancellationToken.None);
        Assert.Equal(new Reconciler.Outcome(450, 0, 0), outcome);
        outcome = await _search.Services.GetRequiredService<Reconciler>().RunAsync(CancellationToken.None);
        Assert.Equal(new Reconciler.Outcome(0, 0, 0), outcome);
        Assert.Equal("m449", await _search.FindAsync("m449"));
    }

    [Fact]
    public async Task What_a_lost_event_would_have_told_is_found_by_comparing()
    {
        await _search.PutAsync(SearchHost.Room("stays", "ibex"), SearchHost.Room("changed", "old ibex"), SearchHost.Room("gone", "ibex"));
        _search.Muc.Rooms["1"] = Listed("stays", "ibex", 1);
        _search.Muc.Rooms["2"] = Listed("changed", "new ibex", 2);
        _search.Muc.Rooms["3"] = Listed("fresh", "ibex", 1);
        var outcome = await _search.Services.GetRequiredService<Reconciler>().RunAsync(CancellationToken.None);
        Assert.Equal(new Reconciler.Outcome(1, 1, 1), outcome);
        Assert.Equal("changed fresh stays", await _search.FindAsync("ibex", q => q with { Sort = Annex.Search.Index.SortKey.Address }));
        Assert.Equal("changed", await _search.FindAsync("new ibex"));
    }

    [Fact]
    public async Task While_muc_is_away_nothing_is_taken_for_gone()
    {
        await _search.PutAsync(SearchHost.Room("kept", "oryx"));
        _search.Muc.IsAway = true;
        await Assert.ThrowsAsync<RpcException>(() =>
            _search.Services.GetRequiredService<Reconciler>().RunAsync(CancellationToken.None));
        Assert.Equal("kept", await _search.FindAsync("oryx"));
    }

    [Fact]
    public async Task Bans_whose_events_were_lost_are_found_by_comparing_and_so_are_those_that_were_lifted()
    {
        var form = SearchHost.Form(("q", "anything"));
        var evil = _search.Server.User("evil2@annex.test/a");
        _search.Muc.Bans.Ban("evil2@annex.test");
        await _search.Services.GetRequiredService<Reconciler>().RunAsync(CancellationToken.None);
        await Eventually.IsTrueAsync(async () => Replies.IsError(await _search.AskAsync(form, user: evil), "forbidden"));
        _search.Muc.Bans.Lift("evil2@annex.test");
        await _search.Services.GetRequiredService<Reconciler>().RunAsync(CancellationToken.None);
        await Eventually.IsTrueAsync(async () => !Replies.IsError(await _search.AskAsync(form, user: evil), "forbidden"));
    }

    [Fact]
    public async Task Closed_rooms_that_are_listed_stay_when_they_are_compared()
    {
        await using var search = await SearchHost.StartAsync(("Search:ListClosedRooms", "true"));
        var closed = Listed("club", "tahr", 1);
        closed.IsMembersOnly = true;
        search.Muc.Rooms["1"] = closed;
        await search.PutAsync(SearchHost.Room("club", "tahr") with { IsMembersOnly = true });
        var outcome = await search.Services.GetRequiredService<Reconciler>().RunAsync(CancellationToken.None);
        Assert.Equal(new Reconciler.Outcome(0, 0, 0), outcome);
        Assert.Equal("club", await search.FindAsync("tahr"));
    }

    [Fact]
    public async Task What_no_event_told_is_asked_for_as_soon_as_muc_says_that_it_changed()
    {
        await using var search = await SearchHost.StartAsync(new ScriptedMuc { News = Channel.CreateUnbounded<RoomNews>() });
        await search.PutAsync(SearchHost.Room("hidden", "takin"), SearchHost.Room("gone", "takin"), SearchHost.Room("told", "takin", version: 7));
        search.Muc.Rooms["1"] = Listed("hidden", "takin", 2);
        search.Muc.Rooms["1"].IsPublic = false;
        search.Muc.Rooms["2"] = Listed("fresh", "takin", 3);
        search.Muc.Rooms["3"] = Listed("told", "takin", 7);
        foreach (var (room, version) in ((string, long)[])[("hidden", 2), ("gone", 9), ("fresh", 3), ("told", 7)])
            search.Muc.News!.Writer.TryWrite(new RoomNews { Room = $"{room}@rooms.annex.test", Version = version });
        await Eventually.IsTrueAsync(async () =>
            await search.FindAsync("takin", q => q with { Sort = Annex.Search.Index.SortKey.Address }) == "fresh told");
        // Of what an event had told nobody was asked.
        Assert.Equal(["fresh@rooms.annex.test", "gone@rooms.annex.test", "hidden@rooms.annex.test"], search.Muc.Asked.Order());
        // What the lost events told, if they come after all, is old.
        await search.PutAsync(SearchHost.Room("gone", "takin", version: 9));
        Assert.Equal("fresh told", await search.FindAsync("takin", q => q with { Sort = Annex.Search.Index.SortKey.Address }));
    }

    [Fact]
    public async Task Of_many_rooms_that_no_event_told_the_list_is_read_once()
    {
        foreach (var n in Enumerable.Range(0, 60))
            _search.Muc.Rooms[$"{n}"] = Listed($"s{n:D2}", "serow", 5);
        var changed = _search.Muc.Rooms.Values.ToDictionary(r => r.Jid, r => r.Version);
        var reconciler = _search.Services.GetRequiredService<Reconciler>();
        Assert.Equal(60, await reconciler.CatchUpAsync(changed, CancellationToken.None));
        Assert.Equal("s59", await _search.FindAsync("s59"));
        Assert.Empty(_search.Muc.Asked);
        Assert.Equal(0, await reconciler.CatchUpAsync(changed, CancellationToken.None));
    }

    [Fact]
    public async Task When_the_watch_breaks_what_was_missed_is_compared_as_soon_as_it_stands_again()
    {
        await using var search = await SearchHost.StartAsync(new ScriptedMuc { News = Channel.CreateUnbounded<RoomNews>() });
        var broken = search.Muc.News!;
        search.Muc.News = Channel.CreateUnbounded<RoomNews>();
        search.Muc.Rooms["1"] = Listed("meanwhile", "saiga", 1);
        broken.Writer.Complete();
        await Eventually.IsTrueAsync(async () => await search.FindAsync("saiga") == "meanwhile");
    }

    private static Room Listed(string local, string name, long version) => new()
    {
        Jid = $"{local}@rooms.annex.test",
        Name = name,
        Version = version,
        IsPublic = true,
        IsSearchable = true,
        IsPersistent = true,
        Occupants = 1,
    };
}
