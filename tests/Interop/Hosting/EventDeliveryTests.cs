using System.Diagnostics;
using Annex.Hosting;
using Annex.Hosting.Messaging;
using Annex.Hosting.Web;
using Annex.Testing.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Annex.Interop.Hosting;

/// <summary>No event is lost and none is applied twice, whatever dies.</summary>
public sealed class EventDeliveryTests
{
    private const string AllArrived =
        "(select count(*) from origin.emitted) = (select count(*) from target.work) and not exists (select from origin.outbox)";
    private const string OnceEach = "count(*) = count(distinct n) from target.work";
    private const string InOrder =
        "not exists (select from (select n, lag(n) over (order by id) as before from target.work) w where before > n)";

    [Fact]
    public async Task Killing_the_sender_or_the_receiver_at_any_time_loses_nothing_and_repeats_nothing()
    {
        var database = await NewDatabaseAsync();
        var broker = (await RabbitMqServer.SharedAsync()).Uri.ToString();
        await SubscribeAsync(database, broker);
        var origin = EventsProcess.Start("origin", database, broker);
        var target = EventsProcess.Start("target", database, broker);
        try
        {
            for (var round = 1; round <= 3; round++)
            {
                await Sql.UntilAsync(database, $"(select count(*) from target.work) > {round * 200}");
                origin.Kill();
                await origin.WaitForExitAsync();
                origin = EventsProcess.Start("origin", database, broker);
                await Sql.UntilAsync(database, $"(select count(*) from target.work) > {(round * 200) + 100}");
                target.Kill();
                await target.WaitForExitAsync();
                target = EventsProcess.Start("target", database, broker);
            }
            await Sql.UntilAsync(database, "(select count(*) from target.work) > 1000");
            origin.Kill();
            await origin.WaitForExitAsync();
            // What the killed one left in its outbox leaves with the next process of the service.
            await using var last = await StartAsync(database, broker, EventsProcess.QuietOrigin);
            await Sql.UntilAsync(database, AllArrived);
        }
        finally
        {
            End(origin);
            End(target);
        }
        Assert.Equal(true, await Sql.ExecuteAsync(database, "select " + OnceEach));
        Assert.Equal(true, await Sql.ExecuteAsync(database, "select " + InOrder));
    }

    [Fact]
    public async Task Inside_one_process_killing_it_loses_nothing_and_repeats_nothing()
    {
        var database = await NewDatabaseAsync();
        for (var round = 1; round <= 3; round++)
        {
            var both = EventsProcess.Start("both", database, "-");
            try
            {
                await Sql.UntilAsync(database, $"(select count(*) from target.work) > {round * 150}");
            }
            finally
            {
                End(both);
            }
        }
        await using var last = await StartAsync(database, "-", EventsProcess.QuietOrigin, EventsProcess.Target);
        await Sql.UntilAsync(database, AllArrived);
        Assert.Equal(true, await Sql.ExecuteAsync(database, "select " + OnceEach));
        Assert.Equal(true, await Sql.ExecuteAsync(database, "select " + InOrder));
    }

    [Fact]
    public async Task Without_the_broker_at_start_and_later_the_services_run_and_the_events_are_late()
    {
        var database = await NewDatabaseAsync();
        await using var rabbit = await RabbitMqServer.StartAsync();
        await rabbit.StopAsync();
        await using var running = await StartAsync(
            database, rabbit.Uri.ToString(), EventsProcess.QuietOrigin, EventsProcess.Target);
        var app = running.App;
        await EmitAsync(app, 50);

        var ready = await ReadyAsync(app);
        Assert.StartsWith("ready\n", ready);
        Assert.Contains("bus: trouble (RabbitMQ", ready);
        Assert.Equal(0L, await Sql.ExecuteAsync(database, "select count(*) from target.work"));

        await rabbit.StartAgainAsync();
        await Sql.UntilAsync(database, AllArrived);

        await rabbit.KillAsync();
        await EmitAsync(app, 50);
        await rabbit.StartAgainAsync();
        await EmitAsync(app, 1);
        await Sql.UntilAsync(database, AllArrived);
        Assert.Equal(true, await Sql.ExecuteAsync(database, "select " + OnceEach));
        Assert.Equal(101L, await Sql.ExecuteAsync(database, "select count(*) from target.work"));
    }

    [Fact]
    public async Task The_database_may_restart_under_the_services()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        await EventsProcess.CreateTablesAsync(database);
        await using var running = await StartAsync(database, "-", EventsProcess.QuietOrigin, EventsProcess.Target);
        var app = running.App;
        await EmitAsync(app, 10);
        await postgres.KillAsync();
        Assert.StartsWith("not ready\n", await ReadyAsync(app));
        await postgres.StartAgainAsync();
        NpgsqlConnection.ClearAllPools();
        await EmitAsync(app, 10);
        await Sql.UntilAsync(database, AllArrived);
        Assert.Equal(true, await Sql.ExecuteAsync(database, "select " + OnceEach));
    }

    [Fact]
    public async Task An_event_that_fails_again_and_again_steps_aside_and_can_be_replayed()
    {
        var database = await NewDatabaseAsync();
        await Sql.ExecuteAsync(database, "alter table target.work add constraint poison check (n <> 3)");
        AnnexService[] services = [EventsProcess.QuietOrigin, EventsProcess.Target];
        var settings = EventsProcess.Settings(database, "-", services);
        settings["Bus:Attempts"] = "2";
        settings["Bus:RetryDelay"] = "1ms";
        settings["Bus:Redeliveries"] = "0";
        await using var running = await RunningApp.StartAsync(settings, services);
        var app = running.App;
        await EmitAsync(app, 6);
        await Sql.UntilAsync(database, "(select count(*) from target.work) = 5 and not exists (select from origin.outbox)");

        var errors = app.Services.GetRequiredKeyedService<EventErrors>("Target");
        var error = Assert.Single(await errors.ListAsync());
        Assert.Equal(("WriteDown", "AccountRemoved", 2), (error.Consumer, error.Type, error.Attempts));
        Assert.Contains("poison", error.Error);
        Assert.Contains("u3@example.org", error.Body);

        await Sql.ExecuteAsync(database, "alter table target.work drop constraint poison");
        Assert.Equal(1, await errors.ReplayAsync(error.Id));
        await Sql.UntilAsync(database, "exists (select from target.work where n = 3)");
        Assert.Empty(await errors.ListAsync());
    }

    [Fact]
    public async Task An_event_is_there_soon_after_its_commit()
    {
        var database = await NewDatabaseAsync();
        AnnexService[] services = [EventsProcess.QuietOrigin, EventsProcess.Target];
        var settings = EventsProcess.Settings(database, "-", services);
        // So long that only the signal can have been the reason.
        settings["Bus:PollInterval"] = "1m";
        await using var running = await RunningApp.StartAsync(settings, services);
        var app = running.App;
        await EmitAsync(app, 1);
        await Sql.UntilAsync(database, "exists (select from target.work where n = 1)");
    }

    private static async Task<string> NewDatabaseAsync()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        await EventsProcess.CreateTablesAsync(database);
        return database;
    }

    private static Task<RunningApp> StartAsync(string database, string broker, params AnnexService[] services) =>
        RunningApp.StartAsync(EventsProcess.Settings(database, broker, services), services);

    // A service's queue is there from its first start on: what was sent before that is not for it.
    private static async Task SubscribeAsync(string database, string broker)
    {
        await using var target = await StartAsync(database, broker, EventsProcess.Target);
        while (!(await ReadyAsync(target.App, "Target")).Contains("bus: ok", StringComparison.Ordinal))
            await Task.Delay(50);
    }

    private static Task EmitAsync(WebApplication app, int count) => Numbers.EmitAsync(
        app.Services.GetRequiredKeyedService<NpgsqlDataSource>("Origin"),
        app.Services.GetRequiredKeyedService<EventOutbox>("Origin"), count);

    private static async Task<string> ReadyAsync(WebApplication app, string service = "Origin")
    {
        using var http = new HttpClient { BaseAddress = AnnexApplication.AddressOf(app, service, ListenerKind.Ops) };
        using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return await response.Content.ReadAsStringAsync();
    }

    private static void End(Process process)
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
