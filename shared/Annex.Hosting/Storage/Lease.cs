using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Annex.Hosting.Storage;

/// <summary>
/// The right of one process at a time to own something (a component's rooms), kept as a row with an epoch that grows with every
/// owner. Taken before the handshake, renewed, and checked by every write: <see cref="FenceAsync(NpgsqlConnection,
/// NpgsqlTransaction,CancellationToken)"/> fails the transaction of a process that is no longer the owner but does not know it
/// yet. A process that lost its lease ends, since all that it has in memory is out of date.
/// </summary>
public sealed class Lease : IDisposable
{
    /// <summary>SQLSTATE of the statement of <see cref="CreateFenceCommand"/> where another process is the owner: a division by
    /// zero.</summary>
    public const string NotOwner = "22012";

    private readonly string _fence;
    private readonly string _failingFence;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _lost = new();

    internal Lease(string schema, string name)
    {
        Name = name;
        Schema = schema;
        // For share: a take-over waits for the transactions that passed the fence, so none of them commits after it.
        _fence = $"select 1 from {schema}.lease where name = $1 and epoch = $2 for share";
        _failingFence = $"select 1 / count(*) from ({_fence}) held";
    }

    public string Name { get; }

    internal string Schema { get; }

    /// <summary>Grows with every owner. 0 until the lease is held.</summary>
    public long Epoch { get; private set; }

    public bool IsHeld => Epoch != 0 && !_lost.IsCancellationRequested;

    /// <summary>Set when the lease is lost; the process ends then.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Completes when this process is the owner; a standby waits here.</summary>
    public Task WaitUntilHeldAsync(CancellationToken cancellationToken) => _held.Task.WaitAsync(cancellationToken);

    /// <exception cref="LeaseLostException">This process is not the owner; roll the transaction back.</exception>
    public async Task FenceAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(_fence, connection, transaction)
        {
            Parameters = { new() { Value = Name }, new() { Value = Epoch } },
        };
        if (await command.ExecuteScalarAsync(cancellationToken) is null)
            throw new LeaseLostException(Name);
    }

    /// <summary>The same inside the context's current transaction, which has to be open.</summary>
    public Task FenceAsync(DbContext db, CancellationToken cancellationToken) => FenceAsync(
        (NpgsqlConnection)db.Database.GetDbConnection(),
        (NpgsqlTransaction)(db.Database.CurrentTransaction
            ?? throw new InvalidOperationException("A fence needs an open transaction.")).GetDbTransaction(),
        cancellationToken);

    /// <summary>The fence as a statement for a batch, which fails with <see cref="NotOwner"/> and lets nothing of the batch
    /// happen.</summary>
    public NpgsqlBatchCommand CreateFenceCommand() => new(_failingFence)
    {
        Parameters = { new() { Value = Name }, new() { Value = Epoch } },
    };

    public void Dispose() => _lost.Dispose();

    internal void Hold(long epoch)
    {
        Epoch = epoch;
        _held.TrySetResult();
    }

    internal void Lose() => _lost.Cancel();
}
