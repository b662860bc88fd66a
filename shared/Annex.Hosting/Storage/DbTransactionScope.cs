using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Annex.Hosting.Storage;

/// <summary>An open transaction on a service's database, owned and committed by the one who hands it out.</summary>
public sealed class DbTransactionScope
{
    public NpgsqlConnection Connection => throw new NotImplementedException();

    public NpgsqlTransaction Transaction => throw new NotImplementedException();

    /// <summary>The service's context on this transaction; SaveChanges writes into it, the owner commits. The caller disposes
    /// the context, which leaves connection and transaction open.</summary>
    public TContext CreateContext<TContext>() where TContext : DbContext => throw new NotImplementedException();
}
