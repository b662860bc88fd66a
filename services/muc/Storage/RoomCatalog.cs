using Annex.Contracts.Events;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Muc.Storage;

/// <summary>The rooms as other services and operators list them: from the tables, with who is in them now from memory.</summary>
internal sealed class RoomCatalog(NpgsqlDataSource database, RoomEvents events)
{
    private const int Page = 200;

    private const string Read = """
        select room, configuration, creator, created_at, version from muc.rooms
        where room > $1 and ($2::text is null or room ilike $2 or name ilike $2)
            and (not $3 or (is_public and (configuration->>'IsPersistent')::boolean
                and ($5 or not (configuration->>'IsMembersOnly')::boolean and not (configuration->>'HasPassword')::boolean)))
        order by room limit $4
        """;

    /// <summary>All rooms that the filter lets through, by address, page by page.</summary>
    /// <param name="after">Only addresses behind this one; empty: from the start.</param>
    /// <param name="contains">Part of address or name; empty: any.</param>
    /// <param name="onlyListed">Only what belongs into a directory.</param>
    /// <param name="includeClosed">And in it those that not everybody may enter.</param>
    public async IAsyncEnumerable<RoomState> ListAsync(string after, string contains, bool onlyListed, bool includeClosed,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await ReadAsync(after, contains, onlyListed, includeClosed, cancellationToken);
            foreach (var room in page) yield return room;
            if (page.Count < Page) yield break;
            after = page[^1].Room;
        }
    }

    public async Task<RoomState?> FindAsync(Jid room, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select room, configuration, creator, created_at, version from muc.rooms where room = $1");
        command.Parameters.Add(new() { Value = room.ToString() });
        return (await ReadAsync(command, cancellationToken)).FirstOrDefault();
    }

    /// <summary>Rooms in which this bare JID or domain has a standing of its own.</summary>
    public async Task<List<Jid>> RoomsOfAsync(string subject, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select room from muc.affiliations where subject = $1 union select room from muc.occupants where split_part(session, '/', 1) = $1");
        command.Parameters.Add(new() { Value = subject });
        var rooms = new List<Jid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) rooms.Add(Address(reader.GetString(0)));
        return rooms;
    }

    private Task<List<RoomState>> ReadAsync(string after, string contains, bool onlyListed, bool includeClosed, CancellationToken cancellationToken)
    {
        var pattern = contains.Length == 0 ? null : $"%{contains.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
        var command = database.CreateCommand(Read);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            new() { Value = after },
            new() { Value = (object?)pattern ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new() { Value = onlyListed }, new() { Value = Page }, new() { Value = includeClosed },
        ]);
        return ReadAsync(command, cancellationToken);
    }

    private async Task<List<RoomState>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var owned = command;
        var rooms = new List<RoomState>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var room = Address(reader.GetString(0));
            var record = new RoomRecord(room, StoredJson.ReadConfiguration(reader.GetString(1)), Address(reader.GetString(2)),
                reader.GetFieldValue<DateTimeOffset>(3), Subject: null);
            rooms.Add(RoomEvents.StateOf(record, reader.GetInt64(4), events.OccupantsOf(room)));
        }
        return rooms;
    }

    private static Jid Address(string text) => Jid.FromServer(System.Text.Encoding.UTF8.GetBytes(text))!;
}
