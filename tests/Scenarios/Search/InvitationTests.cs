using Annex.Scenarios.Upload;
using Xunit;

namespace Annex.Scenarios.Search;

/// <summary>Who invites the component makes a service known, and no more.</summary>
public sealed class InvitationTests : IAsyncLifetime
{
    private SearchHost _search = null!;

    // A seed that is blocked is asked nothing: what comes in here comes by invitations.
    public async Task InitializeAsync() => _search = await SearchHost.StartAsync(
        ("Search:Crawler:Seeds:0", "blocked.example"), ("Search:Crawler:Blocked:0", "blocked.example"),
        ("Search:Crawler:RequestTimeout", "1s"));

    public async Task DisposeAsync() => await _search.DisposeAsync();

    [Fact]
    public async Task A_flood_of_invitations_makes_few_services_known_and_lists_nothing()
    {
        var flood = _search.Server.User("mallory@flood.example/a");
        for (var n = 0; n < 30; n++)
            await InviteAsync(flood, $"r@muc{n:D2}.example");
        await InviteAsync(_search.Server.User("bob@calm.example/a"), "r@muc.calm.example");
        await Eventually.IsTrueAsync(async () => (await InvitedAsync()).Contains("muc.calm.example"));
        await Eventually.IsTrueAsync(async () => (await InvitedAsync()).Length >= 6);
        Assert.Equal(["muc.calm.example", "muc00.example", "muc01.example", "muc02.example", "muc03.example", "muc04.example"],
            await InvitedAsync());
        Assert.Equal("", await _search.FindAsync("muc00"));
    }

    private async Task InviteAsync(Annex.Testing.Scripted.ScriptedUser from, string room) => await from.Send(
        $"<message from='{from.Jid}' to='{_search.Server.Component}'><x xmlns='jabber:x:conference' jid='{room}'/></message>");

    private async Task<string[]> InvitedAsync()
    {
        await using var command = _search.Database.CreateCommand(
            "select coalesce(array_agg(domain order by domain collate \"C\"), '{}') from search.domains where origin = 'invitation'");
        return (string[])(await command.ExecuteScalarAsync())!;
    }
}
