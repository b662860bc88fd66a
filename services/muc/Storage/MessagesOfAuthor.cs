using Annex.Xmpp.Addressing;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>Finds what one person wrote in a room and has not been taken back.</summary>
internal sealed class MessagesOfAuthor(NpgsqlDataSource database)
{
    /// <summary>Stanza-ids, the newest first.</summary>
    public async Task<IReadOnlyList<Guid>> ListAsync(Jid room, Jid author, DateTimeOffset? since, int limit,
        CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select m.id from muc.messages m join muc.archives a on a.id = m.archive
            where a.room = $1 and m.author = $2 and ($3::timestamptz is null or m.at >= $3)
                and position('<retracted xmlns=''urn:xmpp:message-retract:1'''::bytea in m.tail) = 0
            order by m.number desc limit $4
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            DeskWriter.Text(room.ToString()), DeskWriter.Text(author.ToString()), DeskWriter.Time(since), new() { Value = limit },
        ]);
        var ids = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            ids.Add(reader.GetGuid(0));
        return ids;
    }
}
