using Annex.Hosting.Storage;
using Npgsql;

namespace Annex.Muc.Storage;

/// <summary>Whether anything is kept of an address, before all of it is read: who knocks at ten thousand rooms that are not there asks
/// one question together. Thread-safe.</summary>
internal sealed class RoomLookup(NpgsqlDataSource database, TimeSpan patience)
{
    private const int MaxBatch = 256;

    // Of every table that a room's load reads.
    private static readonly string Known = string.Join(" union ",
        ((string[])["rooms", "affiliations", "occupants", "tombstones", "subscriptions", "archives", "mutes", "vcards"])
            .Select(table => $"select room from muc.{table} where room = any($1)"));

    private readonly RoundTrips<string, bool> _trips = new((rooms, token) => AskAsync(database, rooms, token), MaxBatch, patience);

    /// <summary>As it stands after this call; given up when the database did not answer in time.</summary>
    public Task<bool> IsKnownAsync(string room, CancellationToken cancellationToken) => _trips.TakeAsync(room, cancellationToken);

    private static async Task<IReadOnlyList<bool>> AskAsync(NpgsqlDataSource database, IReadOnlyList<string> rooms,
        CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Known);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. rooms] });
        var known = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) known.Add(reader.GetString(0));
        return [.. rooms.Select(known.Contains)];
    }
}
