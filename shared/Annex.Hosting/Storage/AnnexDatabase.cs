using Annex.Hosting.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace Annex.Hosting.Storage;

/// <summary>How a service's context stands on PostgreSQL: the same at run time, at design time and in tests.</summary>
public static class AnnexDatabase
{
    public const string HistoryTable = "__EFMigrationsHistory";

    /// <summary>For an IDesignTimeDbContextFactory: enough to make migrations (deploy/migrations.sh), connects nowhere.</summary>
    public static DbContextOptions<TContext> DesignOptions<TContext>(string schema) where TContext : DbContext
    {
        var options = new DbContextOptionsBuilder<TContext>();
        Configure(options.UseNpgsql(npgsql => ConfigureNpgsql(npgsql, schema)));
        return options.Options;
    }

    /// <summary>What the model has that the last migration has not, or null: the gate against a model that was changed without
    /// a migration. Each service's tests assert that it is null.</summary>
    public static string? FindModelWithoutMigration<TContext>(string schema) where TContext : DbContext
    {
        using var db = (TContext)Activator.CreateInstance(typeof(TContext), DesignOptions<TContext>(schema))!;
        if (!db.Database.GetMigrations().Any())
            return $"{typeof(TContext).Name} has no migration";
        return db.Database.HasPendingModelChanges()
            ? $"the model of {typeof(TContext).Name} changed without a migration: deploy/migrations.sh adds one"
            : null;
    }

    internal static void Configure(DbContextOptionsBuilder options, NpgsqlDataSource dataSource, string schema) =>
        Configure(options.UseNpgsql(dataSource, npgsql => ConfigureNpgsql(npgsql, schema)));

    private static void Configure(DbContextOptionsBuilder options) =>
        options.ReplaceService<IModelCustomizer, OutboxModelCustomizer>();

    private static void ConfigureNpgsql(NpgsqlDbContextOptionsBuilder npgsql, string schema) =>
        npgsql.MigrationsHistoryTable(HistoryTable, schema);
}
