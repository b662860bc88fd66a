using System.Security.Cryptography;
using System.Text;
using Annex.Hosting.Storage;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Muc.Storage;

/// <summary>
/// Takes a person's name off what he wrote: real address, nick and occupant id. All messages of one room get the same
/// new occupant id, which belongs to nobody, so that a conversation can still be followed. Or takes the messages back
/// altogether, which leaves tombstones, so that the numbers of the archive stay without gaps.
/// </summary>
internal sealed class AuthorEraser(NpgsqlDataSource database, Lease lease, RoomDirectory directory, RoomEvents events, TimeProvider time)
{
    private const int Bite = 500;

    /// <summary>The nick that stands on such messages.</summary>
    private const string Nick = "removed account";

    public async Task<int> EraseAsync(Jid account, bool withMessages, CancellationToken cancellationToken)
    {
        var count = 0;
        // One room after the other: the index of an archive is then used for every bite but the first of each.
        foreach (var (archive, room) in await ArchivesOfAsync(account, cancellationToken))
        {
            var id = Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
            var after = 0L;
            while (true)
            {
                var found = await ReadAsync(archive, account, after, cancellationToken);
                if (found.Count == 0)
                    break;
                after = found[^1].Number;
                count += found.Count;
                await ReplaceAsync(archive, room, account, found, id, withMessages, cancellationToken);
            }
        }
        return count;
    }

    private async Task<List<(long Archive, Jid? Room)>> ArchivesOfAsync(Jid account, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select a.id, a.room from muc.archives a
            where exists (select 1 from muc.messages m where m.archive = a.id and m.author = $1)
            """);
        command.Parameters.Add(new() { Value = account.ToString() });
        var archives = new List<(long, Jid?)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            archives.Add((reader.GetInt64(0), reader.IsDBNull(1) ? null : Address(reader.GetString(1))));
        return archives;
    }

    private async Task<List<(long Number, ArchiveAppend Message)>> ReadAsync(long archive, Jid account, long after,
        CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select number, id, at, sender, occupant_id, raw_id, tail, is_history from muc.messages
            where archive = $1 and author = $2 and number > $3 order by number limit $4
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
            [new() { Value = archive }, new() { Value = account.ToString() }, new() { Value = after }, new() { Value = Bite }]);
        var found = new List<(long, ArchiveAppend)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add((reader.GetInt64(0), new ArchiveAppend(reader.GetGuid(1), reader.GetFieldValue<DateTimeOffset>(2),
                Address(reader.GetString(3)), account, reader.GetFieldValue<byte[]>(4), reader.GetFieldValue<byte[]>(5),
                reader.GetFieldValue<byte[]>(6), reader.GetBoolean(7))));
        }
        return found;
    }

    private async Task ReplaceAsync(long archive, Jid? room, Jid account, List<(long Number, ArchiveAppend Message)> found, byte[] id,
        bool withMessages, CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow();
        var replaced = found.Select(f => Replacement(f.Message, id, withMessages, at)).ToList();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await lease.FenceAsync(connection, transaction, cancellationToken);
        await HoldAsync(connection, transaction, archive, found, replaced, cancellationToken);
        await using (var update = new NpgsqlCommand("""
            update muc.messages m set sender = d.sender, author = null, occupant_id = $5, tail = d.tail
            from unnest($2::bigint[], $3::text[], $4::bytea[]) as d(number, sender, tail)
            where m.archive = $1 and m.number = d.number
            """, connection, transaction))
        {
            update.Parameters.AddRange((NpgsqlParameter[])
            [
                new() { Value = archive }, Array(NpgsqlDbType.Bigint, found.Select(f => f.Number)),
                Array(NpgsqlDbType.Text, replaced.Select(r => r.From.ToString())),
                Array(NpgsqlDbType.Bytea, replaced.Select(r => r.Tail)), new() { Value = id },
            ]);
            await update.ExecuteNonQueryAsync(cancellationToken);
        }
        if (withMessages)
            await ForgetWordsAsync(connection, transaction, archive, found, cancellationToken);
        if (withMessages && room is not null)
            await TellAsync(connection, transaction, room, account, found, at, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (room is not null && directory.TryGet(room, out _))
            directory.Post(room, new ReplaceCall(replaced));
    }

    /// <summary>Holds the archive (see TextIndexer), and has the sweep's count of its bytes follow.</summary>
    private static async Task HoldAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long archive,
        List<(long Number, ArchiveAppend Message)> found, List<ArchiveAppend> replaced, CancellationToken cancellationToken)
    {
        var more = found.Zip(replaced, (f, r) => BytesOf(r) - BytesOf(f.Message));
        await using var update = new NpgsqlCommand("""
            update muc.archives set bytes = bytes
                + coalesce((select sum(d.more) from unnest($2::bigint[], $3::bigint[]) as d(number, more) where d.number <= counted), 0)::bigint
            where id = $1
            """, connection, transaction)
        {
            Parameters =
            {
                new() { Value = archive }, Array(NpgsqlDbType.Bigint, found.Select(f => f.Number)), Array(NpgsqlDbType.Bigint, more),
            },
        };
        await update.ExecuteNonQueryAsync(cancellationToken);

        static long BytesOf(ArchiveAppend message) => message.Tail.Length + Encoding.UTF8.GetByteCount(message.From.ToString());
    }

    /// <summary>Nor are they found by what they said.</summary>
    private static async Task ForgetWordsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, long archive,
        List<(long Number, ArchiveAppend Message)> found, CancellationToken cancellationToken)
    {
        await using var forget = new NpgsqlCommand("delete from muc.texts where archive = $1 and number = any($2)", connection, transaction)
        {
            Parameters = { new() { Value = archive }, Array(NpgsqlDbType.Bigint, found.Select(f => f.Number)) },
        };
        await forget.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Files that the messages named go with them, where the account had uploaded them.</summary>
    private async Task TellAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Jid room, Jid account,
        List<(long Number, ArchiveAppend Message)> found, DateTimeOffset at, CancellationToken cancellationToken)
    {
        foreach (var (_, message) in found)
        {
            var urls = RetractionWriter.UrlsIn(message.Tail);
            if (urls.Count == 0)
                continue;
            var retraction = Retraction.ByAuthor(message.Id, account, message.RawId, at);
            await events.TellRetractedAsync(connection, transaction, room, retraction, account.ToString(), urls, cancellationToken);
        }
    }

    private static ArchiveAppend Replacement(ArchiveAppend message, byte[] id, bool withMessages, DateTimeOffset at)
    {
        var room = message.From.Bare;
        var from = Jid.Parse($"{room}/{Nick}");
        var tail = withMessages
            ? Retraction.ByAuthor(message.Id, message.Author, message.RawId, at).TailOf(room, id)
            : WithoutId(message.Tail, message.OccupantId, id);
        return message with { From = from, Author = room, OccupantId = id, Tail = tail };
    }

    /// <summary>The room's own occupant-id element stands in every tail, with the id as it is stored.</summary>
    private static byte[] WithoutId(byte[] tail, byte[] before, byte[] after)
    {
        if (before.Length == 0)
            return tail;
        using var replaced = new XmlBuffer();
        ReadOnlySpan<byte> left = tail;
        for (var at = left.IndexOf(before); at >= 0; at = left.IndexOf(before))
        {
            replaced.Append(left[..at]);
            replaced.Append(after);
            left = left[(at + before.Length)..];
        }
        replaced.Append(left);
        return replaced.Written.ToArray();
    }

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values.ToArray() };

    private static Jid Address(string text) => Jid.FromServer(Encoding.UTF8.GetBytes(text))!;

    private sealed class ReplaceCall(IReadOnlyList<ArchiveAppend> messages) : RoomCall
    {
        public override void Apply(Room room, Effects effects) => room.ReplaceInHistory(messages);
    }
}
