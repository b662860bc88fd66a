using Annex.Xmpp.Addressing;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Muc.Archive;

/// <summary>
/// Reads archives. A page is a range of numbers on the primary key, wherever in the archive it lies: the first page and the ten
/// thousandth cost the same. Counts and indexes follow from the numbers, which have no gaps.
/// </summary>
internal sealed class ArchiveReader(NpgsqlDataSource database)
{
    private const string Columns = "number, id, at, sender, author, raw_id, tail";

    /// <summary>A page of large messages ends early, as XEP-0059 §2.1 lets it: so much is held in memory for one reader.</summary>
    private const int MaxPageBytes = 4 * 1024 * 1024;

    /// <summary>Seconds that a query may take; one that has to look at much to find little ends with resource-constraint.</summary>
    private const int MaxSeconds = 10;

    /// <summary>Messages that a search may have to index before it can answer: a second or two.</summary>
    public const int MaxIndexedAtOnce = 20_000;

    /// <summary>Sees to it that all that is archived can be searched; false where that takes too long. Null: there is no search.</summary>
    public Func<long, CancellationToken, Task<bool>>? BringIndexUpToDate { get; set; }

    /// <summary>The page, or null where an id that the query names is not in the archive (item-not-found).</summary>
    /// <param name="mayMatchRealJids">Whether who asks may know who wrote what: a query with a real JID finds nothing otherwise.</param>
    public async Task<ArchivePage?> QueryAsync(Jid room, ArchiveQuery query, bool mayMatchRealJids, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await FindArchiveAsync(connection, room, cancellationToken) is not { } archive)
            return HasIds(query) ? null : new ArchivePage([], true, null, 0);
        if (await BoundsAsync(connection, archive, query, cancellationToken) is not { } bounds) return null;
        if (query.Ids.Count > 0) return await ByIdsAsync(connection, archive, query, cancellationToken);

        if (query.Text is not null && !await BringIndexUpToDate!(archive, cancellationToken))
            throw new TimeoutException("The index of this room is not ready yet.");
        var sender = MatchOf(room, query.With, mayMatchRealJids, out var author, out var isNothing);
        if (isNothing) return new ArchivePage([], true, null, 0);
        var isBackward = query.Page.Before is not null;
        var (messages, isCut) = query.Page.Max == 0 ? ([], false)
            : await PageAsync(connection, archive, query, bounds, sender, author, cancellationToken);
        var isMore = isCut || messages.Count > query.Page.Max || (query.Page.Max == 0 && bounds.High >= bounds.Low);
        if (messages.Count > query.Page.Max) messages.RemoveAt(messages.Count - 1);
        if (isBackward) messages.Reverse();
        var isCountable = sender is null && author is null && query.Text is null;
        return new ArchivePage(messages, !isMore,
            isCountable && messages.Count > 0 ? (int)(messages[0].Number - bounds.Low) : null,
            isCountable ? (int)Math.Max(0, bounds.High - bounds.Low + 1) : null);
    }

    /// <summary>The first and the last message (§5), or null for an empty archive.</summary>
    public async Task<(ArchivedMessage First, ArchivedMessage Last)?> EndsAsync(Jid room, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await FindArchiveAsync(connection, room, cancellationToken) is not { } archive) return null;
        var found = new List<ArchivedMessage>(2);
        foreach (var order in (string[])["asc", "desc"])
        {
            await using var command = new NpgsqlCommand(
                $"select {Columns} from muc.messages where archive = $1 order by number {order} limit 1", connection)
            {
                Parameters = { new() { Value = archive } },
            };
            await ReadAsync(command, found, int.MaxValue, cancellationToken);
        }
        return found.Count == 2 ? (found[0], found[1]) : null;
    }

    public async Task<bool> ContainsAsync(Jid room, Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select 1 from muc.messages m join muc.archives a on a.id = m.archive where a.room = $1 and m.id = $2");
        command.Parameters.Add(new() { Value = room.ToString() });
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    /// <summary>For operators: newest first.</summary>
    /// <param name="text">Part of the message as it is kept; empty: any.</param>
    /// <param name="author">Real bare JID; null: anyone.</param>
    public async Task<IReadOnlyList<ArchivedMessage>> SearchAsync(Jid room, string text, DateTimeOffset? start, DateTimeOffset? end,
        Jid? author, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await FindArchiveAsync(connection, room, cancellationToken) is not { } archive) return [];
        await using var command = new NpgsqlCommand($"""
            select {Columns} from muc.messages where archive = $1 and ($2::timestamptz is null or at >= $2)
                and ($3::timestamptz is null or at <= $3) and ($4::text is null or author = $4)
                and ($5 = '' or position(lower($5) in lower(convert_from(tail, 'UTF8'))) > 0)
            order by number desc limit $6
            """, connection)
        {
            Parameters =
            {
                new() { Value = archive }, Time(start), Time(end), Text(author?.Bare.ToString()), new() { Value = text },
                new() { Value = limit },
            },
        };
        command.CommandTimeout = MaxSeconds;
        var messages = new List<ArchivedMessage>();
        await ReadAsync(command, messages, MaxPageBytes, cancellationToken);
        return messages;
    }

    private static bool HasIds(ArchiveQuery query) => query.Ids.Count > 0 || query.BeforeId is not null || query.AfterId is not null
        || query.PageAfter is not null || query.PageBefore is not null;

    private static async Task<long?> FindArchiveAsync(NpgsqlConnection connection, Jid room, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select id from muc.archives where room = $1", connection)
        {
            Parameters = { new() { Value = room.ToString() } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) as long?;
    }

    /// <summary>The numbers that times and ids of the form leave, without the page's own ends; null where an id is unknown.</summary>
    private static async Task<Bounds?> BoundsAsync(NpgsqlConnection connection, long archive, ArchiveQuery query,
        CancellationToken cancellationToken)
    {
        Guid[] ids = [.. new[] { query.BeforeId, query.AfterId, query.PageAfter, query.PageBefore }.OfType<Guid>().Distinct()];
        await using var batch = new NpgsqlBatch(connection);
        Add(batch, "select coalesce(min(number), 1), coalesce(max(number), 0) from muc.messages where archive = $1", new NpgsqlParameter { Value = archive });
        Add(batch, "select id, number from muc.messages where archive = $1 and id = any($2)",
            new NpgsqlParameter { Value = archive }, new NpgsqlParameter { Value = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        Add(batch, "select number from muc.messages where archive = $1 and at >= $2 order by at, number limit 1",
            new NpgsqlParameter { Value = archive }, Time(query.Start));
        Add(batch, "select number from muc.messages where archive = $1 and at <= $2 order by at desc, number desc limit 1",
            new NpgsqlParameter { Value = archive }, Time(query.End));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (low, high) = (reader.GetInt64(0), reader.GetInt64(1));
        await reader.NextResultAsync(cancellationToken);
        var numbers = new Dictionary<Guid, long>();
        while (await reader.ReadAsync(cancellationToken)) numbers[reader.GetGuid(0)] = reader.GetInt64(1);
        if (numbers.Count < ids.Length) return null;
        await reader.NextResultAsync(cancellationToken);
        if (query.Start is not null) low = Math.Max(low, await reader.ReadAsync(cancellationToken) ? reader.GetInt64(0) : high + 1);
        await reader.NextResultAsync(cancellationToken);
        if (query.End is not null) high = Math.Min(high, await reader.ReadAsync(cancellationToken) ? reader.GetInt64(0) : low - 1);
        if (query.AfterId is { } afterId) low = Math.Max(low, numbers[afterId] + 1);
        if (query.BeforeId is { } beforeId) high = Math.Min(high, numbers[beforeId] - 1);
        var from = query.PageAfter is { } after ? Math.Max(low, numbers[after] + 1) : low;
        var to = query.PageBefore is { } before ? Math.Min(high, numbers[before] - 1) : high;
        if (query.Page.Index is { } index) from = Math.Max(from, low + index);
        return new Bounds(low, high, from, to);
    }

    private static async Task<(List<ArchivedMessage> Messages, bool IsCut)> PageAsync(NpgsqlConnection connection, long archive, ArchiveQuery query, Bounds bounds,
        string? sender, string? author, CancellationToken cancellationToken)
    {
        var order = query.Page.Before is not null ? "desc" : "asc";
        var matches = query.Text is null ? "" : """
             and exists (select 1 from muc.texts t where t.archive = $1 and t.number = m.number
                and numnode(websearch_to_tsquery('simple', $9)) > 0 and t.words @@ (websearch_to_tsquery('simple', $9) && $10::tsquery))
            """;
        // One more than the page: whether there is more behind it.
        await using var command = new NpgsqlCommand($"""
            select {Columns} from muc.messages m where archive = $1 and number between $2 and $3
                and ($4::text is null or sender = $4) and ($5::text is null or author = $5)
                and ($6::timestamptz is null or at >= $6) and ($7::timestamptz is null or at <= $7){matches}
            order by number {order} limit $8
            """, connection)
        {
            Parameters =
            {
                new() { Value = archive }, new() { Value = bounds.From }, new() { Value = bounds.To },
                Text(sender), Text(author), Time(query.Start), Time(query.End), new() { Value = query.Page.Max + 1 },
            },
        };
        if (query.Text is not null)
        {
            command.Parameters.Add(Text(query.Text));
            command.Parameters.Add(Text($"'{ArchivedText.LexemeOf(archive)}'"));
        }
        command.CommandTimeout = MaxSeconds;
        var messages = new List<ArchivedMessage>();
        var isCut = await ReadAsync(command, messages, MaxPageBytes, cancellationToken);
        return (messages, isCut);
    }

    /// <summary>§4.1.4: all of the ids, or item-not-found.</summary>
    private static async Task<ArchivePage?> ByIdsAsync(NpgsqlConnection connection, long archive, ArchiveQuery query,
        CancellationToken cancellationToken)
    {
        Guid[] ids = [.. query.Ids.Distinct()];
        await using var command = new NpgsqlCommand($"select {Columns} from muc.messages where archive = $1 and id = any($2) order by number",
            connection)
        {
            Parameters = { new() { Value = archive }, new() { Value = ids } },
        };
        var messages = new List<ArchivedMessage>();
        await ReadAsync(command, messages, int.MaxValue, cancellationToken);
        return messages.Count < ids.Length ? null : new ArchivePage(messages, true, messages.Count > 0 ? 0 : null, messages.Count);
    }

    /// <summary>An occupant JID of the room matches who spoke under that nick; a real JID who wrote, for those who may know.</summary>
    private static string? MatchOf(Jid room, Jid? with, bool mayMatchRealJids, out string? author, out bool isNothing)
    {
        author = null;
        isNothing = false;
        if (with is null || with.Equals(room)) return null;
        if (with.Bare.Equals(room)) return with.ToString();
        isNothing = !mayMatchRealJids;
        author = with.Bare.ToString();
        return null;
    }

    /// <summary>Reads until there are so many bytes; true where it stopped for that.</summary>
    private static async Task<bool> ReadAsync(NpgsqlCommand command, List<ArchivedMessage> messages, int maxBytes,
        CancellationToken cancellationToken)
    {
        var bytes = 0L;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (bytes >= maxBytes) return true;
            messages.Add(new ArchivedMessage(reader.GetInt64(0), reader.GetGuid(1), reader.GetFieldValue<DateTimeOffset>(2),
                reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetFieldValue<byte[]>(5),
                reader.GetFieldValue<byte[]>(6)));
            bytes += messages[^1].Tail.Length;
        }
        return false;
    }

    private static void Add(NpgsqlBatch batch, string sql, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddRange(parameters);
        batch.BatchCommands.Add(command);
    }

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Time(DateTimeOffset? time) =>
        new() { Value = (object?)time?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    /// <param name="Low">First number that matches the form.</param>
    /// <param name="High">Last number that matches the form.</param>
    /// <param name="From">First number of the page's range.</param>
    /// <param name="To">Last number of the page's range.</param>
    private readonly record struct Bounds(long Low, long High, long From, long To);
}
