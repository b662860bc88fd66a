using Annex.Contracts.Events;
using Annex.Contracts.Muc.V1;
using Annex.Hosting.Messaging;
using Annex.Rpc;
using Annex.Search.Storage;
using Grpc.Core;
using Npgsql;

namespace Annex.Search.Consumers;

/// <summary>Compares the index with muc's own list and mends it: fills an empty one, and finds what a lost event would have
/// told.</summary>
public sealed class Reconciler(
    RpcPeers peers, [FromKeyedServices("Search")] NpgsqlDataSource database, RoomIntake intake, RoomStore store,
    [FromKeyedServices("Search")] BanReconciler bans, SearchOptions options, SearchMetrics metrics, TimeProvider time) : IDisposable
{
    private const int RoomsPerTransaction = 200;

    /// <summary>Of more rooms than these the whole list costs less than the questions.</summary>
    private const int MostAskedSingly = 50;

    private static readonly TimeSpan PatienceForOne = TimeSpan.FromSeconds(10);

    /// <summary>A list of more rooms than any service holds takes less than this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>When the last comparison ended well, or null.</summary>
    public DateTimeOffset? LastRun { get; private set; }

    /// <summary>Null where there is no muc to ask.</summary>
    /// <exception cref="RpcException">Muc does not answer, or broke off; what was read until then is in the index.</exception>
    public async Task<Outcome?> RunAsync(CancellationToken cancellationToken)
    {
        if (peers.Find("Muc") is not { } muc)
            return null;
        await _one.WaitAsync(cancellationToken);
        try
        {
            var (added, changed) = (0, 0);
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var before = await ReadOursAsync(cancellationToken);
            await foreach (var batch in ReadAsync(new RoomDirectory.RoomDirectoryClient(muc), cancellationToken))
            {
                foreach (var room in batch)
                    seen.Add(room.Room);
                // What the index has in this version is not written again.
                var news = batch.Where(r => !before.TryGetValue(r.Room, out var version) || version < r.Version).ToList();
                if (news.Count == 0)
                    continue;
                await PutAsync(news, cancellationToken);
                var isNew = news.Count(r => !before.ContainsKey(r.Room));
                (added, changed) = (added + isNew, changed + news.Count - isNew);
            }
            var removed = await RemoveOthersAsync(before, seen, cancellationToken);
            await bans.RunAsync(cancellationToken);
            LastRun = time.GetUtcNow();
            metrics.Repaired("comparison", added + changed + removed);
            return new Outcome(added, changed, removed);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Rooms that muc says have changed: those of which no event has told the index that much are asked for.</summary>
    /// <param name="changed">Versions by room.</param>
    /// <returns>How many it had not.</returns>
    /// <exception cref="RpcException">Muc does not answer.</exception>
    public async Task<int> CatchUpAsync(IReadOnlyDictionary<string, long> changed, CancellationToken cancellationToken)
    {
        var unknown = await ReadUnknownAsync(changed, cancellationToken);
        if (unknown.Count == 0 || peers.Find("Muc") is not { } muc)
            return 0;
        if (unknown.Count > MostAskedSingly)
        {
            await RunAsync(cancellationToken);
            return unknown.Count;
        }
        var client = new RoomDirectory.RoomDirectoryClient(muc);
        foreach (var room in unknown.Order(StringComparer.Ordinal))
        {
            var now = await FindAsync(client, room, cancellationToken);
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (now is not null)
                await intake.PutAsync(connection, transaction, now, cancellationToken);
            else
                await store.RemoveAsync(connection, transaction, room, changed[room], cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            metrics.Repaired("watch", 1);
        }
        return unknown.Count;
    }

    public void Dispose() => _one.Dispose();

    private async Task<List<string>> ReadUnknownAsync(IReadOnlyDictionary<string, long> changed, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select c.room from unnest(@rooms, @versions) as c(room, version)
            where not exists (select from search.rooms r where r.jid = c.room and r.is_ours and r.version >= c.version)
            """);
        command.Parameters.AddWithValue("rooms", changed.Keys.ToArray());
        command.Parameters.AddWithValue("versions", changed.Values.ToArray());
        var unknown = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            unknown.Add(reader.GetString(0));
        return unknown;
    }

    private async Task<RoomState?> FindAsync(RoomDirectory.RoomDirectoryClient muc, string room, CancellationToken cancellationToken)
    {
        try
        {
            return ToState(await muc.GetRoomAsync(new GetRoomRequest { Room = room },
                deadline: time.GetUtcNow().UtcDateTime + PatienceForOne, cancellationToken: cancellationToken));
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    private async IAsyncEnumerable<List<RoomState>> ReadAsync(
        RoomDirectory.RoomDirectoryClient muc, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = muc.ListRooms(new ListRoomsRequest { OnlyListed = true, IncludeClosed = options.ListClosedRooms },
            deadline: time.GetUtcNow().UtcDateTime + Patience, cancellationToken: cancellationToken);
        var batch = new List<RoomState>();
        await foreach (var room in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            batch.Add(ToState(room));
            if (batch.Count < RoomsPerTransaction)
                continue;
            yield return batch;
            batch = [];
        }
        if (batch.Count > 0)
            yield return batch;
    }

    private async Task<Dictionary<string, long>> ReadOursAsync(CancellationToken cancellationToken)
    {
        var rooms = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var command = database.CreateCommand("select jid, version from search.rooms where is_ours and is_present");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            rooms[reader.GetString(0)] = reader.GetInt64(1);
        return rooms;
    }

    private async Task PutAsync(List<RoomState> rooms, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // In one order everywhere, or two transactions would wait for each other.
        foreach (var room in rooms.OrderBy(r => r.Room, StringComparer.Ordinal))
            await intake.PutAsync(connection, transaction, room, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // What muc did not name is gone, unless it came since: then its version is another than before.
    private async Task<int> RemoveOthersAsync(
        Dictionary<string, long> before, HashSet<string> seen, CancellationToken cancellationToken)
    {
        var removed = 0;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        foreach (var (room, version) in before.Where(r => !seen.Contains(r.Key)))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            removed += await store.ForgetAsync(connection, transaction, room, version, cancellationToken) ? 1 : 0;
            await transaction.CommitAsync(cancellationToken);
        }
        return removed;
    }

    private static RoomState ToState(Room room) => new()
    {
        Room = room.Jid,
        Version = room.Version,
        Name = room.Name,
        Description = room.Description,
        Language = room.HasLanguage ? room.Language : null,
        Tags = [.. room.Tags],
        Occupants = room.Occupants,
        MaxOccupants = room.HasMaxOccupants ? room.MaxOccupants : null,
        IsPublic = room.IsPublic,
        IsSearchable = room.IsSearchable,
        IsPersistent = room.IsPersistent,
        IsMembersOnly = room.IsMembersOnly,
        HasPassword = room.HasPassword,
        IsModerated = room.IsModerated,
        IsNonAnonymous = room.IsNonAnonymous,
        AvatarHash = room.HasAvatarHash ? room.AvatarHash : null,
        WebChatUrl = room.HasWebChatUrl ? room.WebChatUrl : null,
        LogsUrl = room.HasLogsUrl ? room.LogsUrl : null,
        CreatedAt = room.CreatedAt?.ToDateTimeOffset(),
    };

    /// <summary>What a comparison mended.</summary>
    public sealed record Outcome(int Added, int Changed, int Removed);
}
