using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Upload.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Upload.Consumers;

/// <summary>Whoever is banned from the suite gets no slots. The files stay: what happens to them is the operator's decision.</summary>
public sealed class UserBannedConsumer : IEventConsumer<UserBanned>
{
    public async Task ConsumeAsync(UserBanned @event, DbTransactionScope scope, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            insert into upload.bans (subject, until) values ($1, $2) on conflict (subject) do update set until = excluded.until
            """, scope.Connection, scope.Transaction);
        SlotTable.Add(command, @event.Subject);
        SlotTable.AddNullable(command, @event.Until?.ToUniversalTime(), NpgsqlDbType.TimestampTz);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
