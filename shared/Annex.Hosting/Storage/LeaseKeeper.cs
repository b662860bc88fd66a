using Annex.Hosting.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Annex.Hosting.Storage;

/// <summary>
/// Takes a lease, renews it, gives it back at the end.
/// <para>Why two owners never overlap: an owner counts its time from before the renewal was sent, the row from when it arrived,
/// so a silent owner stops first. The one exception: while the database's machine refuses connections nobody can take over, and
/// the owner goes on (rooms without an archive work through a database's restart). Therefore whoever takes an expired lease
/// waits three renewals before it acts; by then such an owner has met the new epoch, and ended.</para>
/// </summary>
internal sealed class LeaseKeeper(
    Lease lease, NpgsqlDataSource source, LeaseOptions options, TimeProvider time, IHostApplicationLifetime lifetime,
    ILogger<LeaseKeeper> logger) : BackgroundService, IHostedLifecycleService
{
    private readonly string _holder = LeaseHolder.Current;
    private bool _isToldStandby;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var until = await TakeAsync(stoppingToken);
            Log.LeaseHeld(logger, lease.Name, lease.Epoch);
            await RenewAsync(until, stoppingToken);
            Log.LeaseLost(logger, lease.Name);
            lease.Lose();
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The ordinary end; StoppedAsync gives the lease back.
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Gives the lease back. Not before the component is disconnected, which is registered later and so has its turn
    /// earlier: a server that takes two connections would share the stanzas out between this process and the next.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (!lease.IsHeld)
            return;
        try
        {
            await using var command = Command(
                $"update {lease.Schema}.lease set holder = '', expires_at = '-infinity' where name = $1 and epoch = $2",
                lease.Name, lease.Epoch);
            await command.ExecuteNonQueryAsync(cancellationToken);
            lease.Lose();
        }
        catch (NpgsqlException e)
        {
            Log.LeaseNotReturned(logger, lease.Name, e.Message);
        }
    }

    /// <returns>The moment (of <see cref="TimeProvider.GetTimestamp"/>) up to which the lease is ours.</returns>
    private async Task<long> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var asked = time.GetTimestamp();
            try
            {
                if (await TryTakeAsync(cancellationToken) is var (epoch, hasExpired))
                {
                    if (hasExpired)
                        await Task.Delay(options.Renewal * 3, time, cancellationToken);
                    lease.Hold(epoch);
                    return Add(asked, options.Duration);
                }
                if (!_isToldStandby)
                    Log.LeaseStandby(logger, lease.Name);
                _isToldStandby = true;
            }
            catch (NpgsqlException e) when (DatabaseFaults.IsAway(e))
            {
                Log.LeaseDatabaseAway(logger, lease.Name, e.Message);
            }
            await Task.Delay(options.Renewal / 2, time, cancellationToken);
        }
    }

    private async Task<(long Epoch, bool HasExpired)?> TryTakeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var create = new NpgsqlCommand(
            $"insert into {lease.Schema}.lease values ($1, 0, '', '-infinity') on conflict do nothing", connection)
        {
            Parameters = { new() { Value = lease.Name } },
        };
        await create.ExecuteNonQueryAsync(cancellationToken);
        await using var look = new NpgsqlCommand(
            $"select holder, expires_at < now() from {lease.Schema}.lease where name = $1 for update", connection)
        {
            Parameters = { new() { Value = lease.Name } },
        };
        string holder;
        bool hasExpired;
        await using (var reader = await look.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            (holder, hasExpired) = (reader.GetString(0), reader.GetBoolean(1));
        }
        var isFree = holder.Length == 0 || LeaseHolder.IsDead(holder);
        if (!isFree && !hasExpired)
            return null;
        await using var take = new NpgsqlCommand(
            $"update {lease.Schema}.lease set epoch = epoch + 1, holder = $2, expires_at = now() + $3 where name = $1 " +
            "returning epoch", connection)
        {
            Parameters = { new() { Value = lease.Name }, new() { Value = _holder }, new() { Value = options.Duration } },
        };
        var epoch = (long)(await take.ExecuteScalarAsync(cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return (epoch, !isFree);
    }

    private async Task RenewAsync(long until, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Shorter(options.Renewal, Left(until)), time, cancellationToken);
            var asked = time.GetTimestamp();
            try
            {
                // An answer after the end of our time comes too late to count on.
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                patience.CancelAfter(Shorter(options.Renewal, Left(until)));
                await using var command = Command(
                    $"update {lease.Schema}.lease set expires_at = now() + $3 where name = $1 and epoch = $2",
                    lease.Name, lease.Epoch, options.Duration);
                if (await command.ExecuteNonQueryAsync(patience.Token) == 0)
                    return;
                until = Add(asked, options.Duration);
            }
            catch (Exception e) when (DatabaseFaults.IsCertainlyDown(e))
            {
                until = Math.Max(until, Add(time.GetTimestamp(), options.Renewal * 2));
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException
                                      && !cancellationToken.IsCancellationRequested)
            {
                if (Left(until) <= TimeSpan.FromMilliseconds(1))
                    return;
            }
        }
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = source.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }

    private TimeSpan Left(long until)
    {
        var left = time.GetElapsedTime(time.GetTimestamp(), until);
        return left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1);
    }

    private long Add(long timestamp, TimeSpan length) =>
        timestamp + (long)(length.TotalSeconds * time.TimestampFrequency);

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
