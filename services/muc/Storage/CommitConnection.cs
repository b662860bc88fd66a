using System.Data;
using Annex.Hosting.Storage;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>The committer's connection to the database, its own and kept: it knows the statements, and nothing has to be reset between
/// two commits.</summary>
internal sealed class CommitConnection(NpgsqlDataSource database, BatchWriter writer, TimeProvider time) : IDisposable
{
    private NpgsqlConnection? _connection;
    private bool _prepares = true;

    /// <summary>One attempt. Where it fails, and the commit was sent, the attempt is in doubt, which the next one settles.</summary>
    /// <exception cref="LeaseLostException">Another process owns the rooms now.</exception>
    public async Task CommitAsync(CommitAttempt attempt, TimeSpan patienceFor)
    {
        using var patience = new CancellationTokenSource(patienceFor, time);
        try
        {
            var connection = await OpenAsync(patience.Token);
            if (!writer.HasTurn)
            {
                var hasCommitted = await writer.SettleAsync(connection, attempt, patience.Token);
                attempt.Resolve();
                if (hasCommitted) return;
            }
            if (attempt.Batch.Count > 0) await WriteAsync(connection, attempt, patience.Token);
        }
        catch (Exception e)
        {
            writer.EndTurn();
            await CloseAsync();
            if (e is PostgresException { SqlState: Lease.NotOwner }) throw new LeaseLostException(writer.LeaseName);
            if (!_prepares || e is not PostgresException { SqlState: "26000" or "42P05" or "0A000" }) throw;
            // A pooler between us and the database gives each transaction another session, or a table was changed.
            _prepares = false;
            throw new NpgsqlException("The database does not know a prepared statement any more.", e);
        }
    }

    private async Task WriteAsync(NpgsqlConnection connection, CommitAttempt attempt, CancellationToken cancellationToken)
    {
        var marker = Guid.NewGuid();
        await using var batch = writer.TryMakeBatch(connection, attempt.Batch, marker);
        if (batch is null)
        {
            await WriteInStepsAsync(connection, attempt, marker, cancellationToken);
            return;
        }
        if (_prepares) await batch.PrepareAsync(cancellationToken);
        attempt.Doubtful = marker;
        await ResolveAsync(attempt, batch.ExecuteNonQueryAsync(cancellationToken));
    }

    private async Task WriteInStepsAsync(NpgsqlConnection connection, CommitAttempt attempt, Guid marker, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await writer.WriteAsync(connection, transaction, attempt.Batch, marker, cancellationToken);
        attempt.Doubtful = marker;
        await ResolveAsync(attempt, transaction.CommitAsync(cancellationToken));
    }

    /// <summary>From its beginning on, and only from there, it may be durable without our knowing.</summary>
    private async Task ResolveAsync(CommitAttempt attempt, Task committing)
    {
        try
        {
            await committing;
        }
        catch (PostgresException e) when (!MeansAway(e) || e.InvariantSeverity == "ERROR")
        {
            // The transaction was refused by a session that lives on.
            attempt.Resolve();
            throw;
        }
        attempt.Resolve();
        writer.Committed();
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (_connection is { State: ConnectionState.Open } open) return open;
        await CloseAsync();
        return _connection = await database.OpenConnectionAsync(cancellationToken);
    }

    /// <summary>To be opened again by the next attempt.</summary>
    public async Task CloseAsync()
    {
        if (_connection is null) return;
        await _connection.DisposeAsync();
        _connection = null;
    }

    public void Dispose() => _connection?.Dispose();

    /// <summary>The database, or the way to it; not what was to be written.</summary>
    public static bool MeansAway(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            // Stopped, crashed, starting, too many connections, disk full, conflicts, standby, a lock or an answer that took too long;
            // or a turn of ours that was taken for over: a new one is begun.
            if (e is PostgresException postgres)
            {
                return postgres.SqlState is "57P01" or "57P02" or "57P03" or "53300" or "53100" or "40001" or "40P01" or "25006" or "55P03"
                    or "57014" or CommitMarker.NotOurTurn;
            }
            if (e is NpgsqlException or System.Net.Sockets.SocketException or TimeoutException or ObjectDisposedException
                or OperationCanceledException)
            {
                return true;
            }
        }
        return false;
    }
}
