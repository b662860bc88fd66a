using System.Diagnostics;
using Annex.Contracts.Events;
using Annex.Hosting;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Annex.Interop.Hosting;

/// <summary>Two small services on the real hosting: Origin counts and emits each number as an event in the same transaction,
/// Target writes down what arrives. As programs of their own, so that they can be killed.</summary>
internal static class EventsProcess
{
    public static AnnexService Origin { get; } = new("Origin", service =>
    {
        service.AddDatabase<OriginDb>("origin");
        service.Services.AddSingleton<IHostedService, Emitter>();
    });

    /// <summary>Emits only what the test tells it to.</summary>
    public static AnnexService QuietOrigin { get; } = new("Origin", service => service.AddDatabase<OriginDb>("origin"));

    public static AnnexService Target { get; } = new("Target", service =>
    {
        service.AddDatabase<TargetDb>("target");
        service.AddConsumer<WriteDown, AccountRemoved>();
    });

    public static async Task<int> RunAsync(string role, string database, string broker)
    {
        AnnexService[] services = role switch
        {
            "origin" => [Origin],
            "target" => [Target],
            "both" => [Origin, Target],
            _ => throw new ArgumentException(role),
        };
        await using var app = AnnexApplication.Build([], Settings(database, broker, services), services);
        await app.StartAsync();
        // Ends with the test, however that ends.
        await Task.WhenAny(Console.In.ReadLineAsync(), app.Services.GetRequiredService<IHostApplicationLifetime>().Ended());
        await app.StopAsync();
        return Environment.ExitCode;
    }

    public static Dictionary<string, string?> Settings(string database, string broker, params AnnexService[] services)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Database"] = database,
            ["Bus:RabbitMq"] = broker == "-" ? null : broker,
            ["Bus:PollInterval"] = "200ms",
            ["Logging:Level"] = "Warning",
        };
        foreach (var service in services)
            settings[$"{service.Name}:Enabled"] = "true";
        return settings;
    }

    /// <summary>The tables that the two count in.</summary>
    public static Task CreateTablesAsync(string database) => Sql.ExecuteAsync(database, """
        create schema origin; create table origin.emitted (n int primary key);
        create schema target; create table target.work (id bigint generated always as identity, n int not null)
        """);

    public static Process Start(string role, string database, string broker)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true };
        foreach (var argument in (string[])[typeof(EventsProcess).Assembly.Location, "events", role, database, broker])
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException("dotnet cannot be started.");
    }

    private static Task Ended(this IHostApplicationLifetime lifetime)
    {
        var ended = new TaskCompletionSource();
        lifetime.ApplicationStopping.Register(ended.SetResult);
        return ended.Task;
    }

    public sealed class OriginDb(DbContextOptions<OriginDb> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasDefaultSchema("origin");
    }

    public sealed class TargetDb(DbContextOptions<TargetDb> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.HasDefaultSchema("target");
    }

    private sealed class WriteDown : IEventConsumer<AccountRemoved>
    {
        public async Task ConsumeAsync(AccountRemoved @event, DbTransactionScope scope, CancellationToken cancellationToken)
        {
            await using var command = new NpgsqlCommand(
                "insert into target.work (n) values ($1)", scope.Connection, scope.Transaction)
            {
                Parameters = { new() { Value = Numbers.Of(@event) } },
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Counts on from where the database is, for ever, and not far ahead of what leaves.</summary>
    private sealed class Emitter(
        [FromKeyedServices("Origin")] NpgsqlDataSource source, [FromKeyedServices("Origin")] EventOutbox outbox)
        : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await using var waiting = source.CreateCommand("select count(*) from origin.outbox");
                if ((long)(await waiting.ExecuteScalarAsync(stoppingToken))! < 200)
                    await Numbers.EmitAsync(source, outbox, 3, stoppingToken);
                else
                    await Task.Delay(5, stoppingToken);
            }
        }
    }
}
