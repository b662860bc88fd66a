using Microsoft.EntityFrameworkCore;

namespace Annex.Push.Storage;

/// <summary>Registrations by node, as they stand in the database. Whoever asks while a question is on its way goes into the
/// next one, together with all others: at any rate of publishes one question is asked at a time. Thread-safe.</summary>
internal sealed class NodeLookup(IDbContextFactory<PushDbContext> contexts)
{
    private const int MaxBatch = 512;

    private readonly Lock _gate = new();
    private readonly Queue<Ask> _asks = new();
    private Task _asking = Task.CompletedTask;
    private bool _isAsking;

    /// <summary>Null where there is none. What is read is no older than this call.</summary>
    public Task<RegistrationRow?> FindAsync(string node, CancellationToken cancellationToken)
    {
        var ask = new Ask(node);
        lock (_gate)
        {
            _asks.Enqueue(ask);
            if (!_isAsking) _asking = Task.Run(AskAsync, CancellationToken.None);
            _isAsking = true;
        }
        return ask.Answer.Task.WaitAsync(cancellationToken);
    }

    private async Task AskAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            try
            {
                var rows = await ReadAsync([.. batch.Select(a => a.Node)]);
                // Each goes on within this call: a thread woken for each would cost more than the rest of its publish.
                foreach (var ask in batch) ask.Answer.TrySetResult(rows.GetValueOrDefault(ask.Node));
            }
            catch (Exception e)
            {
                foreach (var ask in batch) ask.Answer.TrySetException(e);
            }
        }
    }

    private List<Ask> Take()
    {
        var batch = new List<Ask>();
        lock (_gate)
        {
            while (batch.Count < MaxBatch && _asks.TryDequeue(out var ask)) batch.Add(ask);
            _isAsking = batch.Count > 0;
        }
        return batch;
    }

    private async Task<Dictionary<string, RegistrationRow>> ReadAsync(string[] nodes)
    {
        await using var db = await contexts.CreateDbContextAsync(CancellationToken.None);
        return await db.Registrations.AsNoTracking().Where(r => nodes.Contains(r.Node))
            .ToDictionaryAsync(r => r.Node, StringComparer.Ordinal, CancellationToken.None);
    }

    private sealed record Ask(string Node)
    {
        public TaskCompletionSource<RegistrationRow?> Answer { get; } = new();
    }
}
