using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>Table muc.bans. A change, its line in the audit log and its event are one transaction.</summary>
internal sealed class BanTable(NpgsqlDataSource database, Lease lease, EventOutbox outbox)
{
    public async Task<List<ServiceBan>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select subject, reason, until, added_at, added_by from muc.bans");
        var bans = new List<ServiceBan>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            bans.Add(new ServiceBan(Jid.FromServer(System.Text.Encoding.UTF8.GetBytes(reader.GetString(0)))!,
                reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2),
                reader.GetFieldValue<DateTimeOffset>(3), reader.GetString(4)));
        }
        return bans;
    }

    public Task PutAsync(ServiceBan ban, AuditRecord audit, CancellationToken cancellationToken) => WriteAsync(
        new NpgsqlBatchCommand("""
            insert into muc.bans (subject, reason, until, added_at, added_by) values ($1, $2, $3, $4, $5)
            on conflict (subject) do update set reason = excluded.reason, until = excluded.until,
                added_at = excluded.added_at, added_by = excluded.added_by
            """)
        {
            Parameters =
            {
                DeskWriter.Text(ban.Subject.ToString()), DeskWriter.Text(ban.Reason), DeskWriter.Time(ban.Until),
                DeskWriter.Time(ban.At), DeskWriter.Text(ban.By),
            },
        }, audit, new UserBanned { Subject = ban.Subject.ToString(), Reason = ban.Reason, Until = ban.Until, At = ban.At },
        cancellationToken);

    public Task RemoveAsync(Jid subject, AuditRecord audit, CancellationToken cancellationToken) => WriteAsync(
        new NpgsqlBatchCommand("delete from muc.bans where subject = $1") { Parameters = { DeskWriter.Text(subject.ToString()) } },
        audit, new UserUnbanned { Subject = subject.ToString(), At = audit.At }, cancellationToken);

    private async Task WriteAsync(NpgsqlBatchCommand change, AuditRecord audit, object @event, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await lease.FenceAsync(connection, transaction, cancellationToken);
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            batch.BatchCommands.Add(change);
            batch.BatchCommands.Add(DeskWriter.Audit(null, audit));
            batch.BatchCommands.Add(outbox.CreateBatchCommand(@event));
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        outbox.Signal();
    }
}
