using Annex.Hosting.Storage;
using Annex.Muc;
using Annex.Muc.Storage;
using Annex.Xmpp.Addressing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>What leaves the archives and the audit log by itself, on the real PostgreSQL: one muc, whose own sweep is far away, and
/// sweeps with the options of each test.</summary>
public sealed class RetentionTests(RetentionTests.Fixture fixture) : IClassFixture<RetentionTests.Fixture>
{
    private const string Juliet = "juliet@example.org/balcony";
    private const string Romeo = "romeo@example.org/orchard";
    private const string Size = "octet_length(tail) + octet_length(raw_id) + octet_length(sender) + 100";

    private ServiceConversation Muc => fixture.Muc.Xmpp;

    private NpgsqlDataSource Database => fixture.Muc.Services.GetRequiredKeyedService<NpgsqlDataSource>(MucService.Name);

    [Fact]
    public async Task Of_a_room_the_oldest_messages_go_until_it_keeps_no_more_bytes_than_the_service_allows()
    {
        var room = await TalkAsync("bytes", 10);
        await SweepAsync(new MucOptions { MaxArchivedBytes = 5000 });
        var left = await NumbersAsync(room);
        Assert.InRange(left.Count, 2, 5);
        Assert.Equal(Enumerable.Range(0, left.Count).Select(i => 10L - left.Count + 1 + i), left);
        var (counted, real) = await BytesAsync(room);
        Assert.Equal(real, counted);
        Assert.InRange(real, 1, 5000);

        // One more: one goes, or two.
        await Muc.SayAsync(Juliet, room, new string('x', 900));
        await SweepAsync(new MucOptions { MaxArchivedBytes = 5000 });
        Assert.Equal(11, (await NumbersAsync(room))[^1]);
        (counted, real) = await BytesAsync(room);
        Assert.Equal(real, counted);
        Assert.InRange(real, 1, 5000);
    }

    [Fact]
    public async Task What_was_taken_back_or_lost_its_name_counts_as_small_as_it_is_now()
    {
        var room = await TalkAsync("tombstones", 8);
        var options = new MucOptions { MaxArchivedBytes = 1_000_000 };
        await SweepAsync(options);
        foreach (var id in await IdsAsync(room, "juliet@example.org"))
            await Muc.SayAsync(Juliet, room, "sorry", $"<retract xmlns='urn:xmpp:message-retract:1' id='{id}'/>");
        await fixture.Muc.Services.GetRequiredService<AccountEraser>().EraseAsync(Jid.Parse("romeo@example.org"), false, CancellationToken.None);
        await SweepAsync(options);
        var (counted, real) = await BytesAsync(room);
        Assert.Equal(real, counted);
        await SweepAsync(new MucOptions { MaxArchivedBytes = real });
        Assert.Equal(1, (await NumbersAsync(room))[0]);
    }

    [Fact]
    public async Task When_all_archives_together_are_too_large_the_largest_loses_its_oldest()
    {
        var small = await TalkAsync("small", 2);
        var large = await TalkAsync("large", 40);
        await SweepAsync(new MucOptions { MaxArchivedBytesInAll = long.MaxValue });
        var all = await ReadAsync<long>("select sum(bytes)::bigint from muc.archives where room is not null");
        await SweepAsync(new MucOptions { MaxArchivedBytesInAll = all - 10_000 });
        Assert.InRange(await ReadAsync<long>("select sum(bytes)::bigint from muc.archives where room is not null"), 1, all - 10_000);
        Assert.Equal(2, (await NumbersAsync(small)).Count);
        var left = await NumbersAsync(large);
        Assert.InRange(left.Count, 20, 35);
        Assert.Equal(40, left[^1]);
        var (counted, real) = await BytesAsync(large);
        Assert.Equal(real, counted);
    }

    [Fact]
    public async Task The_shorter_of_the_service_s_time_and_the_room_s_days_holds()
    {
        var room = await TalkAsync("days", 6);
        var other = await TalkAsync("service-days", 6);
        foreach (var aged in new[] { room, other })
        {
            await ExecuteAsync("""
                update muc.messages set at = at - (7 - number) * interval '1 day' where archive = (select id from muc.archives where room = $1)
                """, aged);
        }
        await Muc.ConfigureAsync(Juliet, room, ("persistentroom", "1"), ("archive_days", "3"));
        await SweepAsync(new MucOptions { ArchiveRetention = TimeSpan.FromDays(5) });
        Assert.Equal([5, 6], await NumbersAsync(room));
        Assert.Equal([3, 4, 5, 6], await NumbersAsync(other));
        Assert.Equal(2, await ReadAsync<long>("select count(*) from muc.texts t join muc.archives a on a.id = t.archive where a.room = $1", room));
        await SweepAsync(new MucOptions { ArchiveRetention = TimeSpan.FromDays(2) });
        Assert.Equal([6], await NumbersAsync(room));
    }

    [Fact]
    public async Task A_time_beyond_all_reckoning_is_refused_and_one_that_is_stored_stops_nobody_else_s_sweep()
    {
        var odd = await TalkAsync("odd", 1);
        var room = await TalkAsync("plain", 3);
        Assert.Equal("error", (await Muc.ConfigureAsync(Juliet, odd, ("archive_days", "1000000000")))["type"]);
        await ExecuteAsync("update muc.rooms set configuration = jsonb_set(configuration, '{ArchiveDays}', '1000000000') where room = $1", odd);
        await SweepAsync(new MucOptions { MaxArchivedMessages = 1 });
        Assert.Equal([3], await NumbersAsync(room));
    }

    [Fact]
    public async Task The_audit_log_forgets_what_is_past_its_time()
    {
        await ExecuteAsync("""
            insert into muc.audit (at, actor, action, target) select now() - i * interval '1 day', 'a', 'ban', $1 from generate_series(1, 20) i
            """, "old@example.org");
        var log = new AuditLog(Database, new MucOptions { AuditRetention = TimeSpan.FromDays(10.5) }, TimeProvider.System);
        while (await log.SweepAsync(CancellationToken.None) > 0)
        {
        }
        var lines = await log.ListAsync(new AuditQuery { Target = "old@example.org" }, CancellationToken.None);
        Assert.Equal(10, lines.Count);
        Assert.Equal(0, await new AuditLog(Database, new MucOptions { AuditRetention = TimeSpan.Zero }, TimeProvider.System)
            .SweepAsync(CancellationToken.None));
    }

    /// <summary>A persistent room in which the two take turns; messages of some 1.3 KB.</summary>
    private async Task<string> TalkAsync(string name, int messages)
    {
        var room = $"{name}@{HostedMuc.Component}";
        await Muc.JoinAsync(Juliet, room, "juliet");
        await Muc.ConfigureAsync(Juliet, room, ("persistentroom", "1"));
        await Muc.JoinAsync(Romeo, room, "romeo");
        for (var i = 1; i <= messages; i++)
            await Muc.SayAsync(i % 2 == 0 ? Juliet : Romeo, room, $"{i} {new string('x', 900)}");
        // What is searched for is indexed before: the sweep has words to take away too.
        var archive = await ReadAsync<long>("select id from muc.archives where room = $1", room);
        await fixture.Muc.Services.GetRequiredService<TextIndexer>().IndexAsync(archive, int.MaxValue, CancellationToken.None);
        return room;
    }

    private Task SweepAsync(MucOptions options) => new ArchiveSweep(Database, fixture.Muc.Services.GetRequiredKeyedService<Lease>(MucService.Name),
        options, TimeProvider.System, fixture.Muc.Services.GetRequiredService<StoreLog>()).SweepAsync(CancellationToken.None);

    private async Task<List<long>> NumbersAsync(string room) => await ListAsync<long>("""
        select number from muc.messages m join muc.archives a on a.id = m.archive where a.room = $1 order by number
        """, room);

    private Task<List<Guid>> IdsAsync(string room, string author) => ListAsync<Guid>("""
        select m.id from muc.messages m join muc.archives a on a.id = m.archive where a.room = $1 and m.author = $2
        """, room, author);

    private async Task<(long Counted, long Real)> BytesAsync(string room) =>
        (await ReadAsync<long>("select bytes from muc.archives where room = $1", room),
            await ReadAsync<long>($"select sum({Size})::bigint from muc.messages where archive = (select id from muc.archives where room = $1)", room));

    private async Task<T> ReadAsync<T>(string sql, params object[] values) => (await ListAsync<T>(sql, values))[0];

    private async Task<List<T>> ListAsync<T>(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        var list = new List<T>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            list.Add(reader.GetFieldValue<T>(0));
        return list;
    }

    private async Task ExecuteAsync(string sql, params object[] values)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>One service for all tests of the class.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal HostedMuc Muc { get; private set; } = null!;

        public async Task InitializeAsync() => Muc = await HostedMuc.StartAsync(("Muc:SweepInterval", "1h"),
            ("Muc:MessagesPerSecond", "0"), ("Muc:RoomMessagesPerSecond", "0"));

        public async Task DisposeAsync() => await Muc.DisposeAsync();
    }
}
