using Npgsql;

namespace Annex.Search.Storage;

/// <summary>What the index holds, counted at most once a minute.</summary>
public sealed class IndexStatistics(NpgsqlDataSource database, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _one = new(1);
    private Figures? _figures;
    private long _read;

    public async Task<Figures> ReadAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_figures is not null && time.GetElapsedTime(_read) < Age)
                return _figures;
            _figures = await CountAsync(cancellationToken);
            _read = time.GetTimestamp();
            return _figures;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<Figures> CountAsync(CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("""
            select count(*)::int, coalesce(sum(occupants), 0)::int, count(distinct domain)::int,
                (count(*) filter (where first_seen > @week))::int
            from search.rooms where is_listed
            """));
        batch.BatchCommands[0].Parameters.AddWithValue("week", time.GetUtcNow().UtcDateTime.AddDays(-7));
        batch.BatchCommands.Add(new("""
            select primary_language, count(*)::int from search.rooms where is_listed and primary_language is not null
            group by 1 order by 2 desc, 1 limit 20
            """));
        batch.BatchCommands.Add(new("""
            select tag, count(*)::int from search.rooms, unnest(tags) tag where is_listed group by 1 order by 2 desc, 1 limit 30
            """));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (rooms, occupants, domains, fresh) = (reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3));
        return new Figures(rooms, occupants, domains, fresh,
            await ReadPairsAsync(reader, cancellationToken), await ReadPairsAsync(reader, cancellationToken));
    }

    private static async Task<List<KeyValuePair<string, int>>> ReadPairsAsync(
        NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken);
        var pairs = new List<KeyValuePair<string, int>>();
        while (await reader.ReadAsync(cancellationToken))
            pairs.Add(new(reader.GetString(0), reader.GetInt32(1)));
        return pairs;
    }

    /// <summary>Of listed rooms.</summary>
    public sealed record Figures(int Rooms, int Occupants, int Domains, int NewThisWeek,
        IReadOnlyList<KeyValuePair<string, int>> Languages, IReadOnlyList<KeyValuePair<string, int>> Tags);
}
