using Annex.Hosting.Storage;
using Annex.Upload.Slots;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Upload.Storage;

/// <summary>Slots of many people in one statement and one commit, by the load itself. Thread-safe.</summary>
public sealed class SlotReservations
{
    private const int Most = 64;

    // Longer than the database should take, shorter than anybody waits for the answer to an iq.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // Whoever is banned, or at one of his limits, is not among the admitted. The rows of owners are locked in their order, as they are where
    // files are deleted: two such transactions wait for each other in one direction only.
    private const string Reserve = """
        with asked as (
          select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            as a (path, owner, domain, name, content_type, is_type_bound, size, purpose, is_staged, created, lease, expires)
          where not exists (select from upload.bans b where b.subject in (a.owner, a.domain) and (b.until is null or b.until > a.created))),
        admitted as (
          insert into upload.usage as u (owner, domain, message_bytes, profile_bytes, ephemeral_bytes, permanent_bytes, files)
          select owner, domain, case purpose when 0 then size else 0 end, case purpose when 1 then size else 0 end,
              case purpose when 2 then size else 0 end, case purpose when 3 then size else 0 end, 1
            from asked order by owner
          on conflict (owner) do update set message_bytes = u.message_bytes + excluded.message_bytes,
              profile_bytes = u.profile_bytes + excluded.profile_bytes, ephemeral_bytes = u.ephemeral_bytes + excluded.ephemeral_bytes,
              permanent_bytes = u.permanent_bytes + excluded.permanent_bytes, files = u.files + 1
            where u.message_bytes + excluded.message_bytes <= $13 and u.profile_bytes + excluded.profile_bytes <= $14
              and u.ephemeral_bytes + excluded.ephemeral_bytes <= $15 and u.permanent_bytes + excluded.permanent_bytes <= $16
              and u.message_bytes + u.profile_bytes + u.ephemeral_bytes + u.permanent_bytes + excluded.message_bytes
                + excluded.profile_bytes + excluded.ephemeral_bytes + excluded.permanent_bytes <= $17
              and u.files < $18
          returning owner)
        insert into upload.files (path, owner, name, content_type, is_type_bound, size, purpose, state, is_staged, created, lease, expires)
        select a.path, a.owner, a.name, a.content_type, a.is_type_bound, a.size, a.purpose, 0, a.is_staged, a.created, a.lease, a.expires
        from asked a join admitted using (owner)
        returning path
        """;

    private readonly NpgsqlDataSource _database;
    private readonly UploadOptions _options;
    private readonly RoundTrips<UploadFile, bool> _trips;

    public SlotReservations([FromKeyedServices(UploadService.Name)] NpgsqlDataSource database, UploadOptions options)
    {
        (_database, _options) = (database, options);
        _trips = new(ReserveAsync, Most, Patience);
    }

    /// <summary>What one user may keep.</summary>
    public SlotLimits LimitsOf(Purpose purpose) => new(
        _options.Policy(purpose).Quota is > 0 and var quota ? quota : long.MaxValue / 4,
        _options.UserQuota is > 0 and var all ? all : long.MaxValue / 4,
        _options.UserFiles);

    /// <summary>Reserves path and bytes.</summary>
    /// <returns>False: not reserved, for whatever reason; who wants to know asks <see cref="SlotTable.ReserveAsync"/>.</returns>
    public Task<bool> TryReserveAsync(UploadFile file, CancellationToken cancellationToken)
    {
        var limits = LimitsOf(file.Purpose);
        return file.Size > limits.PurposeBytes || file.Size > limits.UserBytes
            ? Task.FromResult(false) : _trips.TakeAsync(file, cancellationToken);
    }

    private async Task<IReadOnlyList<bool>> ReserveAsync(IReadOnlyList<UploadFile> files, CancellationToken cancellationToken)
    {
        // One row cannot be counted up twice by a statement: who asks for several at once gets the others by themselves.
        UploadFile[] firsts = [.. files.DistinctBy(f => f.Owner)];
        await using var command = _database.CreateCommand(Reserve);
        Add(command, firsts, f => f.Path);
        Add(command, firsts, f => f.Owner);
        Add(command, firsts, f => f.Owner.IndexOf('@') is var at and >= 0 ? f.Owner[(at + 1)..] : f.Owner);
        Add(command, firsts, f => f.Name);
        Add(command, firsts, f => f.ContentType);
        Add(command, firsts, f => f.IsTypeBound);
        Add(command, firsts, f => f.Size);
        Add(command, firsts, f => (short)f.Purpose);
        Add(command, firsts, f => f.IsStaged);
        Add(command, firsts, f => f.Created.UtcDateTime);
        Add(command, firsts, f => f.Lease.UtcDateTime);
        Add(command, firsts, f => f.Expires?.UtcDateTime);
        foreach (var purpose in (Purpose[])[Purpose.Message, Purpose.Profile, Purpose.Ephemeral, Purpose.Permanent])
            SlotTable.Add(command, LimitsOf(purpose).PurposeBytes);
        SlotTable.Add(command, LimitsOf(Purpose.Message).UserBytes);
        SlotTable.Add(command, _options.UserFiles);
        var reserved = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) reserved.Add(reader.GetString(0));
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation)
        {
            // Nobody's: each by itself.
            reserved.Clear();
        }
        return [.. files.Select(f => reserved.Contains(f.Path))];
    }

    private static void Add<T>(NpgsqlCommand command, UploadFile[] files, Func<UploadFile, T> value) =>
        command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. files.Select(value)] });
}
