using Annex.Scenarios.Upload;
using Annex.Search.Index;
using Annex.Search.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Scenarios.Search;

/// <summary>The copy in memory answers as the database does.</summary>
public sealed class MirrorTests : IAsyncLifetime
{
    private static readonly string[] Words =
    [
        "linux", "gaming", "games", "garden", "gardeners", "küche", "häuser", "haus", "chat", "the", "北京", "大学", "music", "c3po",
        "музыка", "музыки", "🐙", "berlin", "xmpp", "running",
    ];

    private static readonly string[] Languages = ["en", "de", "ru", "zh", "fr"];

    private SearchHost _search = null!;

    public async Task InitializeAsync() => _search = await SearchHost.StartAsync(("Search:IndexInMemory", "true"));

    public async Task DisposeAsync() => await _search.DisposeAsync();

    [Fact]
    public async Task Every_kind_of_query_finds_the_same_in_the_same_order()
    {
        var random = new Random(3);
        await _search.PutAsync(Enumerable.Range(0, 400).Select(n => RandomRoom(random, n, 1)));
        await CaughtUpAsync();
        // Some change, some go, so that slots are given up.
        await _search.PutAsync(Enumerable.Range(0, 120).Select(n => RandomRoom(random, n * 3, 2) with { IsPublic = n % 5 != 0 }));
        await CaughtUpAsync();
        var hits = 0;
        for (var i = 0; i < 400; i++)
        {
            var query = RandomQuery(random);
            var expected = await _search.Finder.FindInDatabaseAsync(query, CancellationToken.None);
            var actual = await _search.Finder.FindAsync(query, CancellationToken.None);
            Assert.Equal(Shown(query, expected), Shown(query, actual));
            hits += actual.Rooms.Count;
        }
        Assert.True(hits > 1000, $"only {hits} hits: the comparison says little");
    }

    [Fact]
    public async Task What_another_process_writes_is_found_soon()
    {
        await CaughtUpAsync();
        await _search.PutAsync(SearchHost.Room("fresh", "kinkajou"));
        await Eventually.IsTrueAsync(async () => await _search.FindAsync("kinkajou") == "fresh");
        await _search.PutAsync(SearchHost.Room("fresh", "kinkajou", version: 2) with { HasPassword = true });
        await Eventually.IsTrueAsync(async () => await _search.FindAsync("kinkajou") == "");
    }

    [Fact]
    public async Task A_transaction_that_takes_its_time_is_not_overlooked()
    {
        await CaughtUpAsync();
        var store = _search.Services.GetRequiredService<RoomStore>();
        await using var connection = await _search.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await store.PutAsync(connection, transaction, RoomFacts.From(SearchHost.Room("slow", "slow loris"), false), 1, CancellationToken.None);
        // Others begin and end meanwhile, and the mirror looks.
        await _search.PutAsync(SearchHost.Room("quick", "quick loris"));
        await Eventually.IsTrueAsync(async () => await _search.FindAsync("loris") == "quick");
        await transaction.CommitAsync();
        await Eventually.IsTrueAsync(async () => await _search.FindAsync("slow loris") == "slow");
    }

    private async Task CaughtUpAsync()
    {
        var mirror = _search.Services.GetRequiredService<RoomMirror>();
        await Eventually.IsTrueAsync(async () =>
        {
            await using var command = _search.Database.CreateCommand("select count(*) from search.rooms where is_listed");
            return mirror.Index?.Count == (int)(long)(await command.ExecuteScalarAsync())!;
        });
        // What was being read when the count became right has been read now.
        await _search.PutAsync(SearchHost.Room("marker", $"marker{Guid.NewGuid():N}", version: DateTime.UtcNow.Ticks));
        await using var name = _search.Database.CreateCommand("select name from search.rooms where jid like 'marker@%'");
        var marker = (string)(await name.ExecuteScalarAsync())!;
        await Eventually.IsTrueAsync(async () => await _search.FindAsync(marker) == "marker");
    }

    private static string Shown(RoomQuery query, RoomPage page) =>
        $"{query} for {query.Terms!.Key} of {string.Join('|', query.Terms.IsOpen)}: " +
        string.Join(", ", page.Rooms.Select(r => $"{r.SortValue} {r.Jid}")) + (page.HasMore ? " and more" : "");

    private static Annex.Contracts.Events.RoomState RandomRoom(Random random, int number, long version) => SearchHost.Room(
        random.Next(4) == 0 ? $"{Words[random.Next(6)]}-{number}" : $"r{number}", Text(random, 3),
        Text(random, 8) + (random.Next(3) == 0 ? " #music" : ""), random.Next(40), version, Languages[random.Next(Languages.Length)]);

    private static RoomQuery RandomQuery(Random random)
    {
        SearchTerms? terms;
        while (!SearchTerms.TryParse(random.Next(6) switch
        {
            0 => $"\"{Text(random, 2)}\"",
            1 => Words[random.Next(Words.Length)][..2],
            2 => Text(random, 2),
            _ => Words[random.Next(Words.Length)],
        }, new SearchLimits(), out terms, out _))
        {
        }
        var query = new RoomQuery
        {
            Terms = terms,
            Fields = (SearchFields)random.Next(1, 8),
            Sort = (SortKey)random.Next(3),
            MinOccupants = random.Next(3) == 0 ? random.Next(20) : 0,
            Language = random.Next(3) == 0 ? Languages[random.Next(Languages.Length)] : null,
            Tags = random.Next(8) == 0 ? ["music"] : [],
            Limit = random.Next(1, 30),
            Offset = random.Next(5) == 0 ? random.Next(10) : 0,
            IsFromEnd = random.Next(6) == 0,
            After = random.Next(5) == 0 ? new Cursor(random.Next(0, 6000), "m") : null,
        };
        return query.IsFromEnd ? query with { After = null, Offset = 0 } : query;
    }

    private static string Text(Random random, int most) =>
        string.Join(' ', Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => Words[random.Next(Words.Length)]));
}
