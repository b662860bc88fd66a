using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Upload.Storage;
using Npgsql;

namespace Annex.Upload.Consumers;

/// <summary>A ban is over.</summary>
public sealed class UserUnbannedConsumer : IEventConsumer<UserUnbanned>
{
    public async Task ConsumeAsync(UserUnbanned @event, DbTransactionScope scope, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "delete from upload.bans where subject = $1", scope.Connection, scope.Transaction);
        SlotTable.Add(command, @event.Subject);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
