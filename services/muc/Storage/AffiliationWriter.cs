using Annex.Muc.Rooms;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Muc.Storage;

/// <summary>Affiliations as statements of a batch.</summary>
internal static class AffiliationWriter
{
    private const string Upsert = """
        insert into muc.affiliations (room, subject, affiliation, nick, reason, changed_by, until, changed_at)
        select *, $8 from unnest($1::text[], $2::text[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
        on conflict (room, subject) do update set affiliation = excluded.affiliation, nick = excluded.nick,
            reason = excluded.reason, changed_by = excluded.changed_by, until = excluded.until, changed_at = excluded.changed_at
        """;

    private const string Delete = """
        delete from muc.affiliations a using unnest($1::text[], $2::text[]) as d(room, subject)
        where a.room = d.room and a.subject = d.subject
        """;

    public static void Add(NpgsqlBatch batch, ChangeSegment segment, DateTimeOffset now)
    {
        if (segment.Affiliations.Count == 0) return;
        var kept = segment.Affiliations.Where(a => !IsEmpty(a.Value.Entry)).ToList();
        var gone = segment.Affiliations.Where(a => IsEmpty(a.Value.Entry)).ToList();
        if (kept.Count > 0)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Upsert)
            {
                Parameters =
                {
                    Columns.Texts(kept.Select(a => a.Key.Room.ToString())),
                    Columns.Texts(kept.Select(a => a.Key.Subject.ToString())),
                    Columns.Array(NpgsqlDbType.Smallint, kept.Select(a => (short)a.Value.Entry.Affiliation)),
                    Columns.Texts(kept.Select(a => a.Value.Entry.Nick)),
                    Columns.Texts(kept.Select(a => a.Value.Entry.Reason)),
                    Columns.Texts(kept.Select(a => a.Value.By?.ToString())),
                    Columns.Array(NpgsqlDbType.TimestampTz, kept.Select(a => a.Value.Entry.Until?.ToUniversalTime())),
                    new() { Value = now },
                },
            });
        }
        if (gone.Count == 0) return;
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Delete)
        {
            Parameters = { Columns.Texts(gone.Select(a => a.Key.Room.ToString())), Columns.Texts(gone.Select(a => a.Key.Subject.ToString())) },
        });
    }

    private static bool IsEmpty(AffiliationRecord entry) => entry is { Affiliation: Affiliation.None, Nick: null };
}
