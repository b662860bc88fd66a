using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>
/// Makes muc forget an account: first what rooms hold in memory, in their turns, then the names on messages, then what
/// is left in the tables. Every step bears repetition, so whoever was interrupted begins again. A service-wide ban
/// stays: it would otherwise be lifted by signing off and on again.
/// </summary>
internal sealed class AccountEraser(NpgsqlDataSource database, Lease lease, EventOutbox outbox, RoomDirectory directory,
    AuthorEraser authors, TimeProvider time)
{
    /// <summary>Called with the account when it is forgotten here.</summary>
    public Action<Jid> Erased { get; set; } = _ => { };

    /// <summary>Tells everybody, muc included, that the account is gone; durable when this returns.</summary>
    public async Task AnnounceAsync(Jid account, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await lease.FenceAsync(connection, transaction, cancellationToken);
        await outbox.AddAsync(connection, transaction,
            new AccountRemoved { Jid = account.ToString(), At = time.GetUtcNow() }, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        outbox.Signal();
    }

    /// <summary>Forgets the account.</summary>
    /// <exception cref="RoomRefusedException">A room could not be asked; what was done until then stays done.</exception>
    public async Task<ErasedAccount> EraseAsync(Jid account, bool withMessages, CancellationToken cancellationToken)
    {
        var result = new ErasedAccount();
        foreach (var room in await RoomsOfAsync(account, cancellationToken))
        {
            var (entries, isDestroyed) = await EraseInAsync(room, account)
                ?? throw new RoomRefusedException(MucErrors.StoreAway);
            result.Affiliations += entries;
            result.RoomsDestroyed += isDestroyed ? 1 : 0;
        }
        var messages = await authors.EraseAsync(account, withMessages, cancellationToken);
        if (withMessages)
            result.MessagesRetracted = messages;
        else
            result.MessagesAnonymised = messages;
        await ForgetNamesAsync(account, cancellationToken);
        Erased(account);
        return result;
    }

    /// <summary>Bare JIDs of one domain of which anything is kept.</summary>
    public async Task<List<string>> AccountsOfAsync(string domain, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select distinct subject from (
                select subject from muc.affiliations union all select subject from muc.mutes
                union all select subject from muc.subscriptions
                union all select split_part(session, '/', 1) from muc.occupants
                union all select creator from muc.rooms
                union all select distinct author from muc.messages where author is not null) a (subject)
            where subject like '%@%' and split_part(subject, '@', 2) = $1 order by subject
            """);
        command.Parameters.Add(new() { Value = domain });
        return await ReadTextsAsync(command, cancellationToken);
    }

    private async Task<List<Jid>> RoomsOfAsync(Jid account, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select room from muc.affiliations where subject = $1 union select room from muc.mutes where subject = $1
            union select room from muc.subscriptions where subject = $1
            union select room from muc.occupants where split_part(session, '/', 1) = $1
            union select room from muc.rooms where creator = $1
            union select a.room from muc.archives a where a.room is not null
                and exists (select 1 from muc.messages m where m.archive = a.id and m.author = $1)
            """);
        command.Parameters.Add(new() { Value = account.ToString() });
        var rooms = (await ReadTextsAsync(command, cancellationToken))
            .Select(r => Jid.FromServer(System.Text.Encoding.UTF8.GetBytes(r))!).ToHashSet();
        // Who is in which room is written behind.
        foreach (var mailbox in directory.Mailboxes)
        {
            if (mailbox.Room is { } room && room.Sessions.Items.Any(s => s?.Jid.Bare.Equals(account) == true))
                rooms.Add(mailbox.Jid);
        }
        return [.. rooms];
    }

    private Task<(int Entries, bool IsDestroyed)?> EraseInAsync(Jid room, Jid account)
    {
        var task = new RoomTask<(int, bool)?>((target, effects, done) =>
        {
            if (target.Exists && !target.IsLocked)
                target.Erase(account, effects, done);
            else
                done((0, false));
        });
        directory.Post(room, task);
        return task.Result;
    }

    /// <summary>Where the account stands as somebody who did something.</summary>
    private async Task ForgetNamesAsync(Jid account, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await lease.FenceAsync(connection, transaction, cancellationToken);
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            foreach (var sql in (string[])
                     [
                         "update muc.rooms set creator = $2 where creator = $1",
                         "update muc.tombstones set destroyed_by = $2 where destroyed_by = $1",
                         "update muc.affiliations set changed_by = null where changed_by = $1 and $2 <> ''",
                         "update muc.mutes set muted_by = $3 where muted_by = $1 and $2 <> ''",
                         "update muc.bans set added_by = $3 where added_by = $1 and $2 <> ''",
                         "update muc.audit set actor = $3 where actor = $1 and $2 <> ''",
                         "update muc.audit set target = $3 where target = $1 and $2 <> ''",
                     ])
            {
                var command = new NpgsqlBatchCommand(sql)
                {
                    Parameters = { DeskWriter.Text(account.ToString()), DeskWriter.Text(directory.Service.Jid.ToString()) },
                };
                if (sql.Contains("$3", StringComparison.Ordinal))
                    command.Parameters.Add(DeskWriter.Text(AuditActors.Erased));
                batch.BatchCommands.Add(command);
            }
            batch.BatchCommands.Add(DeskWriter.Audit(null, new AuditRecord(time.GetUtcNow(), AuditActors.Service,
                AuditActions.Erase, AuditActors.Erased, null, null)));
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<List<string>> ReadTextsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var texts = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            texts.Add(reader.GetString(0));
        return texts;
    }
}
