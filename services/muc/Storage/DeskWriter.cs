using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Muc.Storage;

/// <summary>The desk's changes as statements of the batch that writes a room's other changes. They are rare: one
/// statement each.</summary>
internal static class DeskWriter
{
    public static void Add(NpgsqlBatch batch, IEnumerable<(Jid Room, DeskChange Change)> changes)
    {
        foreach (var (room, change) in changes)
            batch.BatchCommands.Add(CommandOf(room.ToString(), change));
    }

    /// <summary>A line of the audit log.</summary>
    /// <param name="room">Null: it concerns the service.</param>
    public static NpgsqlBatchCommand Audit(string? room, AuditRecord audit) => new("""
        insert into muc.audit (at, room, actor, action, target, reason, details) values ($1, $2, $3, $4, $5, $6, $7)
        """)
    {
        Parameters =
        {
            new() { Value = audit.At.ToUniversalTime() }, Text(room), Text(audit.Actor), Text(audit.Action), Text(audit.Target),
            Text(audit.Reason), Text(audit.Details),
        },
    };

    public static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    public static NpgsqlParameter Time(DateTimeOffset? value) =>
        new() { Value = (object?)value?.ToUniversalTime() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    private static NpgsqlBatchCommand CommandOf(string room, DeskChange change) => change switch
    {
        AuditRecord audit => Audit(room, audit),
        MuteStored { Mute: var mute } => new NpgsqlBatchCommand("""
            insert into muc.mutes (room, subject, until, reason, muted_by, muted_at) values ($1, $2, $3, $4, $5, $6)
            on conflict (room, subject) do update set until = excluded.until, reason = excluded.reason,
                muted_by = excluded.muted_by, muted_at = excluded.muted_at
            """)
        {
            Parameters =
            {
                Text(room), Text(mute.Subject.ToString()), Time(mute.Until), Text(mute.Reason), Text(mute.By), Time(mute.At),
            },
        },
        MuteRemoved mute => new NpgsqlBatchCommand("delete from muc.mutes where room = $1 and subject = $2")
        {
            Parameters = { Text(room), Text(mute.Subject.ToString()) },
        },
        VCardStored { VCard: { } card } => new NpgsqlBatchCommand(
            "insert into muc.vcards (room, vcard) values ($1, $2) on conflict (room) do update set vcard = excluded.vcard")
        {
            Parameters = { Text(room), new() { Value = card } },
        },
        VCardStored => new NpgsqlBatchCommand("delete from muc.vcards where room = $1") { Parameters = { Text(room) } },
        _ => throw new InvalidOperationException($"{change.GetType().Name} is stored nowhere."),
    };
}
