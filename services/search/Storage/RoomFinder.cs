using Annex.Search.Index;
using Npgsql;

namespace Annex.Search.Storage;

/// <summary>Answers queries from the index: those with words from its copy in memory, where there is one.</summary>
public sealed class RoomFinder(NpgsqlDataSource database, RoomMirror mirror, Stemmer stemmer)
{
    /// <summary>Hits are counted no further: what is more is "many".</summary>
    private const int CountLimit = 10_000;

    private const string Columns = """
        jid, name, description, language, tags, occupants, is_open, is_non_anonymous, is_moderated, is_nsfw, flags,
        avatar_hash, web_chat_url, logs_url, activity, is_ours, first_seen, last_seen, changed_at
        """;

    public async Task<RoomPage> FindAsync(RoomQuery query, CancellationToken cancellationToken)
    {
        if (query.Terms is { } terms && mirror.Index is { } index)
            return index.Find(query, await stemmer.ReadAsync(terms, query.Language, cancellationToken));
        return await FindInDatabaseAsync(query, cancellationToken);
    }

    /// <summary>The same from the database alone.</summary>
    public async Task<RoomPage> FindInDatabaseAsync(RoomQuery query, CancellationToken cancellationToken)
    {
        if (query.Limit == 0)
            return new RoomPage([], false, await CountAsync(query, cancellationToken), null);
        await using var command = database.CreateCommand();
        // One more than asked for tells whether there is more.
        command.CommandText = new FindStatement(query, command.Parameters).Build(query.Limit + 1);
        var rooms = new List<RoomHit>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                rooms.Add(Read(reader));
        }
        var hasMore = rooms.Count > query.Limit;
        if (hasMore)
            rooms.RemoveAt(rooms.Count - 1);
        if (query.IsBackward)
            rooms.Reverse();
        var isStart = query is { After: null, IsBackward: false };
        // A result that fits on its first page counts itself; a list of all is counted by an index.
        var count = isStart && !hasMore && (rooms.Count > 0 || query.Offset == 0) ? query.Offset + rooms.Count
            : query.Terms is null ? await CountAsync(query, cancellationToken)
            : (int?)null;
        int? first = rooms.Count == 0 ? null
            : isStart ? query.Offset
            : query.IsFromEnd && count is not null ? count - rooms.Count
            : null;
        return new RoomPage(rooms, hasMore, count, first);
    }

    /// <summary>A listed room, or null.</summary>
    public async Task<RoomHit?> GetAsync(string jid, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select {Columns}, 0 as sort_value from search.rooms where jid = @jid and is_listed");
        command.Parameters.AddWithValue("jid", jid);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>What the index knows of an address, listed or not; null for nothing.</summary>
    internal async Task<(RoomHit Room, bool IsPresent, bool IsListed)?> FindAnyAsync(string jid, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select {Columns}, 0 as sort_value, is_present, is_listed from search.rooms where jid = @jid");
        command.Parameters.AddWithValue("jid", jid);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (Read(reader), reader.GetBoolean(20), reader.GetBoolean(21)) : null;
    }

    /// <summary>What was listed last, newest first.</summary>
    public async Task<IReadOnlyList<RoomHit>> GetNewestAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select {Columns}, 0 as sort_value from search.rooms where is_listed order by first_seen desc, jid limit @limit");
        command.Parameters.AddWithValue("limit", limit);
        var rooms = new List<RoomHit>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            rooms.Add(Read(reader));
        return rooms;
    }

    /// <summary>How many rooms a query finds, or null for more than can be counted at once.</summary>
    public async Task<int?> CountAsync(RoomQuery query, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand();
        var statement = new FindStatement(query, command.Parameters);
        var limit = query.Terms is null ? int.MaxValue : CountLimit;
        command.CommandText = statement.BuildCount(limit);
        var count = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        return count < limit ? (int)count : null;
    }

    internal static RoomHit Read(NpgsqlDataReader reader) => new()
    {
        Jid = reader.GetString(0),
        Name = reader.GetString(1),
        Description = reader.GetString(2),
        Language = reader.IsDBNull(3) ? null : reader.GetString(3),
        Tags = reader.GetFieldValue<string[]>(4),
        Occupants = reader.GetInt32(5),
        IsOpen = reader.GetBoolean(6),
        IsNonAnonymous = reader.GetBoolean(7),
        IsModerated = reader.GetBoolean(8),
        IsNsfw = reader.GetBoolean(9),
        Flags = reader.GetFieldValue<string[]>(10),
        AvatarHash = reader.IsDBNull(11) ? null : reader.GetString(11),
        WebChatUrl = reader.IsDBNull(12) ? null : reader.GetString(12),
        LogsUrl = reader.IsDBNull(13) ? null : reader.GetString(13),
        Activity = reader.GetFloat(14),
        IsOurs = reader.GetBoolean(15),
        FirstSeen = reader.GetFieldValue<DateTimeOffset>(16),
        LastSeen = reader.GetFieldValue<DateTimeOffset>(17),
        ChangedAt = reader.GetFieldValue<DateTimeOffset>(18),
        SortValue = reader.GetInt32(19),
    };

    internal static string SelectColumns => Columns;
}
