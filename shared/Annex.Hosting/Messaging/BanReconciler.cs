using Annex.Contracts.Events;
using Annex.Contracts.Muc.V1;
using Annex.Hosting.Storage;
using Annex.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Annex.Hosting.Messaging;

/// <summary>
/// Compares a service's copy of the service-wide bans (its table bans) with muc's own list, and mends it by the service's own
/// consumers, as if the events had come: for a service that is new, or whose queue was lost while it was away.
/// </summary>
public sealed class BanReconciler
{
    private const string Muc = "Muc";

    /// <summary>A list of more bans than muc keeps takes less than this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The database rounds what muc may still hold to 100 ns.</summary>
    private static readonly TimeSpan SameTime = TimeSpan.FromMilliseconds(1);

    private const int BansPerTransaction = 100;

    /// <summary>An event may overtake the list that is being read; then the next round finds what that spoiled.</summary>
    private const int Rounds = 3;

    private readonly string _schema;
    private readonly RpcPeers _peers;
    private readonly IServiceProvider _services;
    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _time;
    private readonly ConsumerRegistration[] _banned;
    private readonly ConsumerRegistration[] _unbanned;

    internal BanReconciler(string service, string schema, IServiceProvider services)
    {
        _schema = schema;
        _services = services;
        _peers = services.GetRequiredService<RpcPeers>();
        _database = services.GetRequiredKeyedService<NpgsqlDataSource>(service);
        _time = services.GetRequiredService<TimeProvider>();
        var consumers = services.GetServices<ConsumerRegistration>().Where(c => c.Service == service).ToArray();
        _banned = [.. consumers.Where(c => c.Type is EventTypeOf<UserBanned>)];
        _unbanned = [.. consumers.Where(c => c.Type is EventTypeOf<UserUnbanned>)];
    }

    /// <summary>How many bans were missing, wrong, or too many; null where there is no muc to ask.</summary>
    /// <exception cref="RpcException">Muc does not answer, or broke off; nothing was changed.</exception>
    public async Task<int?> RunAsync(CancellationToken cancellationToken)
    {
        if (_peers.Find(Muc) is not { } muc)
            return null;
        var mended = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var ours = await ReadOursAsync(cancellationToken);
            if (await ReadTheirsAsync(new BanList.BanListClient(muc), cancellationToken) is not { } theirs)
                return 0;
            var changes = theirs.Where(t => !ours.TryGetValue(t.Key, out var until) || !AreSame(until, t.Value.Until)).Select(t => (object)t.Value)
                .Concat(ours.Keys.Where(o => !theirs.ContainsKey(o)).Select(o => new UserUnbanned { Subject = o, At = _time.GetUtcNow() })).ToList();
            if (changes.Count == 0)
                break;
            foreach (var some in changes.Chunk(BansPerTransaction))
                await ApplyAsync(some, cancellationToken);
            mended += changes.Count;
        }
        return mended;
    }

    private static bool AreSame(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || other is null ? one is null && other is null : (one.Value - other.Value).Duration() < SameTime;

    /// <summary>Null: a muc of an earlier release, which keeps none.</summary>
    private async Task<Dictionary<string, UserBanned>?> ReadTheirsAsync(BanList.BanListClient muc, CancellationToken cancellationToken)
    {
        var bans = new Dictionary<string, UserBanned>(StringComparer.Ordinal);
        try
        {
            using var call = muc.ListBans(new ListBansRequest(), deadline: _time.GetUtcNow().UtcDateTime + Patience,
                cancellationToken: cancellationToken);
            await foreach (var ban in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                bans[ban.Subject] = new UserBanned
                {
                    Subject = ban.Subject,
                    Reason = ban.Reason.Length > 0 ? ban.Reason : null,
                    Until = ban.Until?.ToDateTimeOffset(),
                    At = ban.AddedAt?.ToDateTimeOffset() ?? _time.GetUtcNow(),
                };
            }
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Unimplemented)
        {
            return null;
        }
        return bans;
    }

    private async Task<Dictionary<string, DateTimeOffset?>> ReadOursAsync(CancellationToken cancellationToken)
    {
        var bans = new Dictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        await using var command = _database.CreateCommand($"select subject, until from {_schema}.bans");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            bans[reader.GetString(0)] = reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1);
        return bans;
    }

    private async Task ApplyAsync(object[] events, CancellationToken cancellationToken)
    {
        await using var scope = _services.CreateAsyncScope();
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var work = new DbTransactionScope(scope.ServiceProvider, connection, transaction);
        foreach (var @event in events)
        {
            foreach (var consumer in @event is UserBanned ? _banned : _unbanned)
                await consumer.Consume(scope.ServiceProvider, @event, work, cancellationToken);
        }
        await work.CommitAsync(cancellationToken);
    }
}
