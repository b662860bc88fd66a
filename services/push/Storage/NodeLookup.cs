using Annex.Hosting.Storage;
using Microsoft.EntityFrameworkCore;

namespace Annex.Push.Storage;

/// <summary>Registrations by node, as they stand in the database: all that ask at once share a question. Thread-safe.</summary>
internal sealed class NodeLookup(IDbContextFactory<PushDbContext> contexts)
{
    private const int MaxBatch = 512;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RoundTrips<string, RegistrationRow?> _trips = new((nodes, token) => ReadAsync(contexts, nodes, token), MaxBatch, Patience);

    /// <summary>Null where there is none. What is read is no older than this call.</summary>
    public Task<RegistrationRow?> FindAsync(string node, CancellationToken cancellationToken) => _trips.TakeAsync(node, cancellationToken);

    private static async Task<IReadOnlyList<RegistrationRow?>> ReadAsync(IDbContextFactory<PushDbContext> contexts,
        IReadOnlyList<string> nodes, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Registrations.AsNoTracking().Where(r => nodes.Contains(r.Node))
            .ToDictionaryAsync(r => r.Node, StringComparer.Ordinal, cancellationToken);
        return [.. nodes.Select(rows.GetValueOrDefault)];
    }
}
