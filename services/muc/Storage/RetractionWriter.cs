using System.Text;
using System.Text.RegularExpressions;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Xml;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>Puts tombstones in the place of messages that were taken back, and tells the other services which files they named.</summary>
internal sealed partial class RetractionWriter(RoomEvents events)
{
    private const int MaxUrls = 20;

    public async Task WriteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Jid room, Retraction retraction,
        CancellationToken cancellationToken)
    {
        if (await FindAsync(connection, transaction, room, retraction.Id, cancellationToken) is not var (archive, number, author, occupantId, tail))
            return;
        // An author takes back his own: somebody else's claim changes nothing.
        if (retraction.OnlyBy is not null && author != retraction.OnlyBy.ToString())
            return;
        var tombstone = retraction.TailOf(room, occupantId);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand("update muc.messages set tail = $3 where archive = $1 and number = $2")
                {
                    Parameters = { new() { Value = archive }, new() { Value = number }, new() { Value = tombstone } },
                },
                new NpgsqlBatchCommand("delete from muc.texts where archive = $1 and number = $2")
                {
                    Parameters = { new() { Value = archive }, new() { Value = number } },
                },
                // The sweep has counted the message as it was.
                new NpgsqlBatchCommand("update muc.archives set bytes = bytes + $3 where id = $1 and counted >= $2")
                {
                    Parameters = { new() { Value = archive }, new() { Value = number }, new() { Value = (long)tombstone.Length - tail.Length } },
                },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await events.TellRetractedAsync(connection, transaction, room, retraction, author, UrlsIn(tail), cancellationToken);
    }

    private static async Task<(long Archive, long Number, string? Author, byte[] OccupantId, byte[] Tail)?> FindAsync(NpgsqlConnection connection,
        NpgsqlTransaction transaction, Jid room, Guid id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select m.archive, m.number, m.author, m.occupant_id, m.tail from muc.messages m join muc.archives a on a.id = m.archive
            where a.room = $1 and m.id = $2 for no key update of a
            """, connection, transaction)
        {
            Parameters = { new() { Value = room.ToString() }, new() { Value = id } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        return (reader.GetInt64(0), reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetFieldValue<byte[]>(3),
            reader.GetFieldValue<byte[]>(4));
    }

    /// <summary>What the text and the attachments point at (bodies, XEP-0066, XEP-0385, XEP-0447), attributes included.</summary>
    public static List<string> UrlsIn(byte[] tail)
    {
        var message = Element.Parse(Encoding.UTF8.GetBytes($"<message{Encoding.UTF8.GetString(tail)}"));
        var urls = new HashSet<string>(StringComparer.Ordinal);
        Collect(message, urls, depth: 0);
        return [.. urls.Take(MaxUrls)];
    }

    private static void Collect(Element element, HashSet<string> urls, int depth)
    {
        foreach (Match match in Url().Matches(element.Text))
            urls.Add(match.Value);
        foreach (var (_, value) in element.Attributes)
        {
            if (Url().Match(value) is { Success: true, Index: 0 } match)
                urls.Add(match.Value);
        }
        if (depth > 16)
            return;
        foreach (var child in element.Children)
            Collect(child, urls, depth + 1);
    }

    [GeneratedRegex("""https?://[^\s<>"']{1,2000}""", RegexOptions.NonBacktracking)]
    private static partial Regex Url();
}
