using System.Text;
using Annex.Hosting;
using Annex.Muc;
using Annex.Muc.Rooms;
using Annex.Muc.Storage;
using Annex.Testing.Servers;
using Annex.Xmpp.Addressing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Annex.Interop.Muc;

/// <summary>What the store says of a message is true, however the link to the database breaks: stored once where it said so, never
/// where it said not.</summary>
public sealed class CommitTests : IAsyncLifetime
{
    private static readonly Jid Room = Jid.Parse("commit@muc.example.org");
    private static readonly Jid Author = Jid.Parse("juliet@example.org");

    /// <summary>For what is to be stored in the end, however loaded the machine is.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(50);

    /// <summary>For what is to be refused.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    private readonly ComponentServer _server = new();
    private DatabaseProxy _proxy = null!;
    private string _direct = null!;
    private WebApplication _app = null!;

    private IRoomStore Store => _app.Services.GetRequiredService<IRoomStore>();

    private GroupCommitter Committer => _app.Services.GetRequiredService<GroupCommitter>();

    private async Task StartAsync(TimeSpan storeTimeout)
    {
        var postgres = await PostgresServer.SharedAsync();
        _direct = await postgres.CreateDatabaseAsync();
        _proxy = new DatabaseProxy(postgres.Port);
        _proxy.Allow();
        var through = new NpgsqlConnectionStringBuilder(_direct) { Host = "127.0.0.1", Port = _proxy.Port };
        _app = AnnexApplication.Build([], new Dictionary<string, string?>
        {
            ["Database"] = through.ToString(),
            ["LocalDomains"] = "example.org",
            ["Muc:Component:Jid"] = "muc.example.org",
            ["Muc:Component:Secret"] = ComponentServer.Secret,
            ["Muc:Component:Host"] = "127.0.0.1",
            ["Muc:Component:Port"] = _server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Muc:Rpc:Listen"] = "127.0.0.1:0",
            ["Muc:Ops:Listen"] = "127.0.0.1:0",
            ["Muc:StoreTimeout"] = storeTimeout.ToString(),
        }, MucService.Definition);
        await _app.StartAsync();
        await _server.ConnectedAsync();
        await StoreOneAsync();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync(); // each test has started it
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_batch_that_never_reached_the_database_is_not_taken_for_the_one_before_it()
    {
        await StartAsync(Long);
        _proxy.Refuse();
        _app.Services.GetRequiredKeyedService<NpgsqlDataSource>(MucService.Name).Clear();
        var id = Guid.CreateVersion7();
        var stored = AppendAsync(id);
        await UntilAsync(() => Committer.IsAway);
        _proxy.Allow();
        Assert.Equal(await stored ? 1 : 0, await CountAsync(id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_without_an_answer_is_stored_once(bool hasReachedTheDatabase)
    {
        await StartAsync(Long);
        _proxy.Arm(hasReachedTheDatabase ? DatabaseProxy.Commit.LosesItsAnswer : DatabaseProxy.Commit.IsDropped);
        var id = Guid.CreateVersion7();
        Assert.True(await AppendAsync(id));
        Assert.True(_proxy.Broken.IsCompleted);
        Assert.Equal(1, await CountAsync(id));
        await AssertNumbersAsync();
    }

    [Fact]
    public async Task A_transaction_id_that_somebody_else_has_committed_under_says_nothing()
    {
        await StartAsync(Long);
        // As after a crash, which lets PostgreSQL give out ids again: while the fate of ours is open, many others commit.
        _proxy.Arm(DatabaseProxy.Commit.IsDropped, refuses: true);
        var id = Guid.CreateVersion7();
        var stored = AppendAsync(id);
        await _proxy.Broken;
        await using var source = NpgsqlDataSource.Create(_direct);
        for (var i = 0; i < 20; i++)
            await source.CreateCommand("select pg_current_xact_id()").ExecuteNonQueryAsync();
        _proxy.Allow();
        Assert.Equal(await stored ? 1 : 0, await CountAsync(id));
    }

    [Fact]
    public async Task While_the_database_is_away_every_sender_is_refused_in_time_not_only_the_first()
    {
        await StartAsync(Short);
        _proxy.Refuse();
        // Written behind: it keeps the first batch from ever being over.
        Store.Commit(Room, [new PresenceStored(Jid.Parse("juliet@example.org/x"), [])], null);
        Assert.False(await AppendAsync(Guid.CreateVersion7()));
        Assert.False(await AppendAsync(Guid.CreateVersion7()));
        Assert.False(await AppendAsync(Guid.CreateVersion7()));
        _proxy.Allow();
        await StoreOneAsync();
    }

    [Fact]
    public async Task What_was_refused_in_doubt_is_taken_out_again_and_leaves_no_gap()
    {
        await StartAsync(Short);
        _proxy.Arm(DatabaseProxy.Commit.LosesItsAnswer, refuses: true);
        var id = Guid.CreateVersion7();
        Assert.False(await AppendAsync(id));
        Assert.Equal(1, await CountAsync(id));
        // A later one is refused too: nobody waits for the doubt to end.
        Assert.False(await AppendAsync(Guid.CreateVersion7()));
        _proxy.Allow();
        await StoreOneAsync();
        Assert.Equal(0, await CountAsync(id));
        await AssertNumbersAsync();
    }

    [Fact]
    public async Task A_commit_that_arrives_when_it_was_given_up_long_ago_stores_nothing()
    {
        await StartAsync(Short);
        _proxy.Arm(DatabaseProxy.Commit.ArrivesLate, refuses: true);
        var id = Guid.CreateVersion7();
        Assert.False(await AppendAsync(id));
        _proxy.Allow();
        await UntilAsync(() => !Committer.IsAway && Committer.IsIdle);
        await _proxy.LetArriveAsync();
        Assert.Equal(0, await CountAsync(id));
        await StoreOneAsync();
        await AssertNumbersAsync();
    }

    [Fact]
    public async Task A_database_that_neither_answers_nor_breaks_keeps_no_sender_waiting()
    {
        await StartAsync(Short);
        _proxy.Arm(DatabaseProxy.Commit.HangsBeforeItsAnswer);
        var id = Guid.CreateVersion7();
        var refused = AppendAsync(id);
        await _proxy.Broken;
        // It is there, and whoever reads the archive finds it: until it is taken back.
        await _app.Services.GetRequiredService<TextIndexer>().IndexAsync(archive: 1, int.MaxValue, CancellationToken.None);
        Assert.False(await refused);
        await StoreOneAsync();
        Assert.Equal(0, await CountAsync(id));
        await AssertNumbersAsync();
    }

    private Task<bool> AppendAsync(Guid id)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Store.Commit(Room, [new ArchiveAppend(id, DateTimeOffset.UtcNow, Jid.Parse($"{Room}/juliet"), Author, "o"u8.ToArray(),
            "i"u8.ToArray(), Encoding.UTF8.GetBytes($">{DatabaseProxy.Text}"), IsHistory: true)], done.SetResult);
        return done.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>The database is there again: sooner or later something is stored.</summary>
    private async Task StoreOneAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await AppendAsync(Guid.CreateVersion7()))
            limit.Token.ThrowIfCancellationRequested();
    }

    private async Task<long> CountAsync(Guid id)
    {
        await using var source = NpgsqlDataSource.Create(_direct);
        await using var command = source.CreateCommand("select count(*) from muc.messages where id = $1");
        command.Parameters.Add(new() { Value = id });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>From 1, each once, without gaps.</summary>
    private async Task AssertNumbersAsync()
    {
        await using var source = NpgsqlDataSource.Create(_direct);
        await using var command = source.CreateCommand("select count(*) = max(number) and min(number) = 1 from muc.messages");
        Assert.True((bool)(await command.ExecuteScalarAsync())!);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!holds())
            await Task.Delay(20, limit.Token);
    }
}
