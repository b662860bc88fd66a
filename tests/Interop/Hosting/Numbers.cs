using System.Globalization;
using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Npgsql;

namespace Annex.Interop.Hosting;

/// <summary>Numbers as events: each is written down and emitted in one transaction.</summary>
internal static class Numbers
{
    public static int Of(AccountRemoved @event) =>
        int.Parse(@event.Jid.Split('@')[0][1..], CultureInfo.InvariantCulture);

    /// <summary>Emits the next numbers after the greatest that the database has, in one transaction.</summary>
    public static async Task EmitAsync(
        NpgsqlDataSource source, EventOutbox outbox, int count, CancellationToken cancellationToken = default)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        for (var i = 0; i < count; i++)
        {
            await using var command = new NpgsqlCommand(
                "insert into origin.emitted select coalesce(max(n), 0) + 1 from origin.emitted returning n", connection);
            var n = (int)(await command.ExecuteScalarAsync(cancellationToken))!;
            await outbox.AddAsync(connection, transaction, new AccountRemoved { Jid = $"u{n}@example.org" }, cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
    }
}
