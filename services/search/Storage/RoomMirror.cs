using Annex.Search.Index;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Search.Storage;

/// <summary>
/// Keeps a <see cref="MemoryIndex"/> like the listed rooms of the database, whichever process changes them: reads all once, and
/// then what transactions since the last look have written. Until it has read all, the database answers.
/// </summary>
public sealed class RoomMirror(
    NpgsqlDataSource database, Stemmer stemmer, SearchOptions options, TimeProvider time, ILogger<RoomMirror> logger) : BackgroundService
{
    /// <summary>Between two looks: what a change takes to be found at most, beside its own way.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    // Not all at once: those who search wait for as long. At the start nobody does, and many together cost less.
    private const int Batch = 500;
    private const int FirstBatch = 20_000;

    private readonly MemoryIndex _index = new();

    // Every transaction below it had ended at the last look.
    private ulong _horizon;
    private volatile bool _isReady;

    /// <summary>Null while the database has to answer.</summary>
    public MemoryIndex? Index => _isReady ? _index : null;

    public override void Dispose()
    {
        base.Dispose();
        _index.Dispose();
    }

    /// <summary>One look: everything that was written since the last.</summary>
    public async Task ReadChangesAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // One snapshot for the horizon and the rows: what is not in the rows is not below the next horizon.
        await using var transaction = await connection.BeginTransactionAsync(
            System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        ulong horizon;
        await using (var command = new NpgsqlCommand(
            "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint", connection, transaction))
        {
            horizon = (ulong)(long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        await using (var command = new NpgsqlCommand($"""
            select {RoomFinder.SelectColumns}, popularity as sort_value, name_key, local_key, primary_language, words, is_listed
            from search.rooms where changed_by >= @horizon::text::xid8
            """, connection, transaction))
        {
            command.Parameters.AddWithValue("horizon", $"{_horizon}");
            await ApplyAsync(command, cancellationToken);
        }
        _horizon = horizon;
        if (!_isReady)
            await stemmer.PrefetchAsync(_index.GetWords(), cancellationToken);
        _isReady = true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.IndexInMemory)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ReadChangesAsync(stoppingToken);
                if (_index.Count > options.MaxRoomsInMemory)
                {
                    _isReady = false;
                    Log.TooManyForMemory(logger, options.MaxRoomsInMemory);
                    return;
                }
            }
            catch (NpgsqlException e)
            {
                Log.MirrorFailed(logger, e.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ApplyAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var rooms = new List<RoomEntry>();
        var removed = new List<string>();
        var batch = _isReady ? Batch : FirstBatch;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.GetBoolean(24))
                rooms.Add(Read(reader));
            else
                removed.Add(reader.GetString(0));
            if (rooms.Count + removed.Count < batch)
                continue;
            _index.Apply(rooms, removed);
            rooms.Clear();
            removed.Clear();
        }
        _index.Apply(rooms, removed);
    }

    private static RoomEntry Read(NpgsqlDataReader reader)
    {
        var room = RoomFinder.Read(reader);
        var words = reader.GetFieldValue<NpgsqlTsVector>(23);
        var lexemes = new Lexeme[words.Count];
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            var places = new ushort[word.Count];
            for (var p = 0; p < word.Count; p++)
                places[p] = (ushort)((word[p].Pos << 2) | (int)word[p].Weight);
            lexemes[i] = new Lexeme(word.Text, places);
        }
        return new RoomEntry(room, room.SortValue, reader.GetString(20), reader.GetString(21),
            reader.IsDBNull(22) ? null : reader.GetString(22), lexemes);
    }
}
