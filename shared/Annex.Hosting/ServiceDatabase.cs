using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Annex.Hosting;

/// <summary>The database of a service. Not a member of <see cref="AnnexServiceBuilder"/>: whoever has none would load EF Core all
/// the same, for the bound of the type parameter.</summary>
public static class ServiceDatabase
{
    /// <summary>IDbContextFactory and, keyed by the service's name, NpgsqlDataSource, EventOutbox and EventErrors. Migrated at
    /// start under an advisory lock; history, outbox and inbox stand in <paramref name="schema"/>, which is the model's default
    /// schema.</summary>
    public static void AddDatabase<TContext>(this AnnexServiceBuilder service, string schema) where TContext : DbContext
    {
        var (name, process, services) = (service.Name, service.Process, service.Services);
        service.Schema = schema;
        if (string.IsNullOrEmpty(process.Options.Database))
            process.Errors.Add("Database", $"missing: {name} needs PostgreSQL (a connection string)");
        services.AddKeyedSingleton(name, (provider, _) => process.CreateDataSource(name, schema, provider));
        services.AddDbContextFactory<TContext>((provider, options) =>
            AnnexDatabase.Configure(options, provider.GetRequiredKeyedService<NpgsqlDataSource>(name), schema));
        services.AddSingleton(new DatabaseRegistration(name, schema, typeof(TContext),
            provider => provider.GetRequiredService<IDbContextFactory<TContext>>().CreateDbContext()));
        services.AddKeyedSingleton(name, (provider, _) => new OutboxSignal(provider.GetRequiredService<TimeProvider>()));
        services.AddKeyedSingleton(name, (provider, _) => new EventOutbox(
            schema, provider.GetRequiredService<EventTypes>(), provider.GetRequiredKeyedService<OutboxSignal>(name)));
        services.AddKeyedSingleton(name, (provider, _) => new EventErrors(
            name, schema, provider.GetRequiredKeyedService<NpgsqlDataSource>(name), process.Options.Bus));
        service.AddHealth("database", provider => new DatabaseHealth(provider, name));
    }
}
