using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Annex.Hosting.Storage;

/// <summary>An open transaction on a service's database, owned and committed by the one who hands it out.</summary>
public sealed class DbTransactionScope
{
    private readonly IServiceProvider _services;
    private List<Action>? _committed;

    internal DbTransactionScope(IServiceProvider services, NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        _services = services;
        Connection = connection;
        Transaction = transaction;
    }

    public NpgsqlConnection Connection { get; }

    public NpgsqlTransaction Transaction { get; }

    /// <summary>The service's context on this transaction; SaveChanges writes into it, the owner commits. The caller disposes
    /// the context, which leaves connection and transaction open.</summary>
    public TContext CreateContext<TContext>() where TContext : DbContext
    {
        var db = _services.GetRequiredService<IDbContextFactory<TContext>>().CreateDbContext();
        db.Database.SetDbConnection(Connection, contextOwnsConnection: false);
        db.Database.UseTransaction(Transaction);
        return db;
    }

    /// <summary>Runs when the transaction has committed, never when it has not: to wake a worker. It must not throw or wait.</summary>
    public void OnCommitted(Action action) => (_committed ??= []).Add(action);

    internal async Task CommitAsync(CancellationToken cancellationToken)
    {
        await Transaction.CommitAsync(cancellationToken);
        foreach (var action in _committed ?? [])
            action();
    }
}
