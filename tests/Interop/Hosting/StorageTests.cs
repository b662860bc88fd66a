using System.Globalization;
using Annex.Hosting;
using Annex.Hosting.Storage;
using Annex.Interop.Muc;
using Annex.Testing.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Xunit;

namespace Annex.Interop.Hosting;

public sealed class StorageTests
{
    private static readonly AnnexService Kept = new("Kept", service =>
    {
        service.AddDatabase<KeptDb>("kept");
        service.AddLease("kept.example.org");
    });

    [Fact]
    public async Task Processes_that_start_together_migrate_once()
    {
        var settings = await NewSettingsAsync();
        var apps = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => StartAsync(settings))));
        // The migration would fail the second time; and each of them finds its tables.
        foreach (var app in apps)
        {
            await using var db = await app.Services.GetRequiredService<IDbContextFactory<KeptDb>>().CreateDbContextAsync();
            Assert.Empty(await db.Rows.ToListAsync());
        }
        Assert.Equal(1L, await Sql.ExecuteAsync(settings["Database"]!, "select count(*) from kept.\"__EFMigrationsHistory\""));
        await Task.WhenAll(apps.Select(a => a.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task A_missing_database_ends_the_start_with_the_key_to_correct()
    {
        var settings = await NewSettingsAsync();
        settings["Database"] += "_not_there";
        var error = await Assert.ThrowsAsync<StartException>(() => StartAsync(settings));
        Assert.StartsWith("Database: Kept: database \"", error.Message);
    }

    [Fact]
    public async Task A_process_that_waits_for_its_database_ends_when_it_is_told_to()
    {
        using var muc = ServiceProcess.StartMuc("Host=127.0.0.1;Port=1;Database=annex;Username=annex", componentPort: 1);
        await muc.DatabaseAwayAsync();
        await muc.StopAsync();
        Assert.True(muc.ExitCode == 0, muc.Log);
        Assert.DoesNotContain("xception", muc.Log);
    }

    [Fact]
    public async Task A_standby_takes_over_when_the_owner_ends()
    {
        var settings = await NewSettingsAsync();
        var first = await StartAsync(settings);
        var held = first.Services.GetRequiredKeyedService<Lease>("Kept");
        await held.WaitUntilHeldAsync(CancellationToken.None);
        await using var second = await StartAsync(settings);
        var waiting = second.Services.GetRequiredKeyedService<Lease>("Kept");
        Assert.False(waiting.IsHeld);

        await first.DisposeAsync();
        await waiting.WaitUntilHeldAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(held.Epoch + 1, waiting.Epoch);
    }

    [Fact]
    public async Task Writes_of_a_former_owner_fail_and_its_process_ends()
    {
        var settings = await NewSettingsAsync();
        settings["Kept:Lease:Duration"] = "1h";
        settings["Kept:Lease:Renewal"] = "3s";
        await using var app = await StartAsync(settings);
        var lease = app.Services.GetRequiredKeyedService<Lease>("Kept");
        await lease.WaitUntilHeldAsync(CancellationToken.None);
        await WriteAsync(app, lease, 1);

        // Another process took over while this one was away (stopped, or cut off from the database).
        await Sql.ExecuteAsync(settings["Database"]!, "update kept.lease set epoch = epoch + 1, holder = 'another'");
        await Assert.ThrowsAsync<LeaseLostException>(() => WriteAsync(app, lease, 2));
        Assert.Equal(1L, await Sql.ExecuteAsync(settings["Database"]!, "select count(*) from kept.row"));

        var ended = new TaskCompletionSource();
        app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(ended.SetResult);
        await ended.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(lease.Lost.IsCancellationRequested);
        Environment.ExitCode = 0;
    }

    [Fact]
    public async Task A_take_over_waits_for_the_transactions_that_passed_the_fence()
    {
        var settings = await NewSettingsAsync();
        await using var app = await StartAsync(settings);
        var lease = app.Services.GetRequiredKeyedService<Lease>("Kept");
        await lease.WaitUntilHeldAsync(CancellationToken.None);
        var source = app.Services.GetRequiredKeyedService<NpgsqlDataSource>("Kept");
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await lease.FenceAsync(connection, transaction, CancellationToken.None);

        var error = await Assert.ThrowsAsync<PostgresException>(() => Sql.ExecuteAsync(settings["Database"]!,
            "set lock_timeout = '200ms'; update kept.lease set epoch = epoch + 1"));
        Assert.Equal(PostgresErrorCodes.LockNotAvailable, error.SqlState);
    }

    [Fact]
    public async Task An_owner_that_died_on_this_machine_is_not_waited_for()
    {
        var settings = await NewSettingsAsync();
        settings["Kept:Lease:Duration"] = "1h";
        await using (await StartAsync(settings))
        {
        }
        // As a killed process leaves it: not returned, not expired, its pid belonging to nobody.
        var gone = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var place = $"{(await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id")).Trim()}/" +
            new FileInfo("/proc/self/ns/pid").LinkTarget;
        await Sql.ExecuteAsync(settings["Database"]!,
            $"update kept.lease set holder = '{place}/{gone}/1', expires_at = now() + interval '1 hour'");
        await using var next = await StartAsync(settings);
        await next.Services.GetRequiredKeyedService<Lease>("Kept").WaitUntilHeldAsync(CancellationToken.None)
            .WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task The_owner_outlives_a_restart_of_the_database()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var settings = Settings(await postgres.CreateDatabaseAsync());
        settings["Kept:Lease:Duration"] = "1s";
        settings["Kept:Lease:Renewal"] = "250ms";
        await using var app = await StartAsync(settings);
        var lease = app.Services.GetRequiredKeyedService<Lease>("Kept");
        await lease.WaitUntilHeldAsync(CancellationToken.None);
        await postgres.KillAsync();
        // Twice the lease's length with nobody there.
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.True(lease.IsHeld);
        await postgres.StartAgainAsync();
        NpgsqlConnection.ClearAllPools();
        await Sql.UntilAsync(settings["Database"]!, "expires_at > now() from kept.lease");
        Assert.True(lease.IsHeld);
    }

    private static async Task WriteAsync(RunningApp app, Lease lease, int id)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<KeptDb>>().CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await lease.FenceAsync(db, CancellationToken.None);
        db.Rows.Add(new KeptRow { Id = id });
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    private static Task<RunningApp> StartAsync(Dictionary<string, string?> settings) => RunningApp.StartAsync(settings, Kept);

    private static async Task<Dictionary<string, string?>> NewSettingsAsync() =>
        Settings(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());

    private static Dictionary<string, string?> Settings(string database) => new()
    {
        ["Database"] = database,
        ["Kept:Enabled"] = "true",
        ["Kept:Lease:Duration"] = "6s",
        ["Kept:Lease:Renewal"] = "200ms",
        ["Logging:Level"] = "Warning",
    };

    internal sealed class KeptRow
    {
        public int Id { get; set; }
    }

    internal sealed class KeptDb(DbContextOptions<KeptDb> options) : DbContext(options)
    {
        public DbSet<KeptRow> Rows => Set<KeptRow>();

        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.HasDefaultSchema("kept");
            modelBuilder.Entity<KeptRow>(row =>
            {
                row.ToTable("row");
                row.Property(r => r.Id).HasColumnName("id").ValueGeneratedNever();
            });
        }
    }

    [DbContext(typeof(KeptDb))]
    [Migration("20261121000000_Initial")]
    internal sealed class Initial : Migration
    {
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql("create table kept.row (id int primary key); select pg_sleep(0.2)");
    }
}
