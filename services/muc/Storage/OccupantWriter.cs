using Npgsql;
using NpgsqlTypes;

namespace Annex.Muc.Storage;

/// <summary>Who is in which room, and as what, as statements of a batch.</summary>
internal static class OccupantWriter
{
    private const string Upsert = """
        insert into muc.occupants as o (room, session, nick, role, presence)
        select * from unnest($1::text[], $2::text[], $3::text[], $4::smallint[], $5::bytea[])
        on conflict (room, session) do update set nick = excluded.nick, role = excluded.role,
            presence = coalesce(excluded.presence, o.presence)
        """;

    private const string Delete = """
        delete from muc.occupants o using unnest($1::text[], $2::text[]) as d(room, session)
        where o.room = d.room and o.session = d.session
        """;

    private const string UpdatePresence = """
        update muc.occupants o set presence = d.presence from unnest($1::text[], $2::text[], $3::bytea[]) as d(room, session, presence)
        where o.room = d.room and o.session = d.session
        """;

    public static void Add(NpgsqlBatch batch, ChangeSegment segment)
    {
        var here = segment.Occupants.Where(o => o.Value is not null).ToList();
        var gone = segment.Occupants.Where(o => o.Value is null).ToList();
        if (here.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Upsert)
            {
                Parameters =
                {
                    Columns.Texts(here.Select(o => o.Key.Room.ToString())),
                    Columns.Texts(here.Select(o => o.Key.Session.ToString())),
                    Columns.Texts(here.Select(o => o.Value!.Nick)),
                    Columns.Array(NpgsqlDbType.Smallint, here.Select(o => (short)o.Value!.Role)),
                    Columns.Array(NpgsqlDbType.Bytea, here.Select(o => o.Value!.Presence)),
                },
            });
        }
        if (gone.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Delete)
            {
                Parameters = { Columns.Texts(gone.Select(o => o.Key.Room.ToString())), Columns.Texts(gone.Select(o => o.Key.Session.ToString())) },
            });
        }
        if (segment.Presences.Count == 0) return;
        batch.BatchCommands.Add(new NpgsqlBatchCommand(UpdatePresence)
        {
            Parameters =
            {
                Columns.Texts(segment.Presences.Keys.Select(k => k.Room.ToString())),
                Columns.Texts(segment.Presences.Keys.Select(k => k.Session.ToString())),
                Columns.Array(NpgsqlDbType.Bytea, segment.Presences.Values),
            },
        });
    }
}
