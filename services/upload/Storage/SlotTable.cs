using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Upload.Blobs;
using Annex.Upload.Slots;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Upload.Storage;

/// <summary>
/// The life of a slot, each step one statement or one transaction: reserved, stored. Which of two uploads wins is
/// decided by <see cref="CompleteAsync"/> alone, in the database, whatever processes they arrived at.
/// </summary>
public sealed class SlotTable(
    [FromKeyedServices(UploadService.Name)] NpgsqlDataSource database,
    [FromKeyedServices(UploadService.Name)] EventOutbox outbox,
    SlotUrls urls)
{
    internal const string Columns = "id, path, owner, name, content_type, is_type_bound, size, purpose, state, is_staged, created, lease, expires, stored, blob, sha256";

    /// <summary>Reserves path and bytes in one statement.</summary>
    /// <returns>False where a quota does not allow it.</returns>
    /// <exception cref="PostgresException">unique_violation: the path is taken.</exception>
    public async Task<bool> ReserveAsync(UploadFile file, SlotLimits limits, CancellationToken cancellationToken)
    {
        if (file.Size > limits.PurposeBytes || file.Size > limits.UserBytes || limits.UserFiles < 1) return false;
        await using var command = database.CreateCommand(ReserveStatement(UsageColumn(file.Purpose)));
        Add(command, file.Owner);
        Add(command, file.Owner.IndexOf('@') is var at and >= 0 ? file.Owner[(at + 1)..] : file.Owner);
        Add(command, file.Size);
        Add(command, limits.PurposeBytes);
        Add(command, limits.UserBytes);
        Add(command, limits.UserFiles);
        Add(command, file.Path);
        Add(command, file.Name);
        Add(command, file.ContentType);
        Add(command, file.IsTypeBound);
        Add(command, (short)file.Purpose);
        Add(command, file.IsStaged);
        Add(command, file.Created);
        Add(command, file.Lease);
        AddNullable(command, file.Expires, NpgsqlDbType.TimestampTz);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    public async Task<UploadFile?> FindAsync(string path, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select {Columns} from upload.files where path = $1");
        Add(command, path);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>Keeps slots whose uploads are running from being swept.</summary>
    public async Task RenewAsync(string[] paths, DateTimeOffset lease, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "update upload.files set lease = greatest(lease, $2) where path = any($1) and state = 0");
        Add(command, paths);
        Add(command, lease);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The blob is complete and clean: the slot becomes a file, and the event leaves.</summary>
    /// <returns>False where another upload was first, or the slot is gone.</returns>
    public async Task<bool> CompleteAsync(UploadFile file, BlobKey blob, byte[] sha256, DateTimeOffset now,
        DateTimeOffset? expires, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("""
            update upload.files set state = 1, blob = $2, sha256 = $3, stored = $4, expires = $5
            where path = $1 and state = 0 returning id
            """, connection, transaction);
        Add(command, file.Path);
        Add(command, blob.Value);
        Add(command, sha256);
        Add(command, now);
        AddNullable(command, expires, NpgsqlDbType.TimestampTz);
        if (await command.ExecuteScalarAsync(cancellationToken) is not long id) return false;
        (file.Id, file.State, file.Blob, file.Sha256, file.Stored, file.Expires) =
            (id, FileState.Stored, blob.Value, sha256, now, expires);
        await outbox.AddAsync(connection, transaction, StoredEvent(file), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Pre-signed slots that may have been filled.</summary>
    public async Task<IReadOnlyList<UploadFile>> FindStagedAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select {Columns} from upload.files where state = 0 and is_staged order by lease limit $1");
        Add(command, limit);
        return await ReadAllAsync(command, cancellationToken);
    }

    internal static async Task<IReadOnlyList<UploadFile>> ReadAllAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var files = new List<UploadFile>();
        while (await reader.ReadAsync(cancellationToken)) files.Add(Read(reader));
        return files;
    }

    internal static UploadFile Read(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetInt64(0),
        Path = reader.GetString(1),
        Owner = reader.GetString(2),
        Name = reader.GetString(3),
        ContentType = reader.GetString(4),
        IsTypeBound = reader.GetBoolean(5),
        Size = reader.GetInt64(6),
        Purpose = (Purpose)reader.GetInt16(7),
        State = (FileState)reader.GetInt16(8),
        IsStaged = reader.GetBoolean(9),
        Created = reader.GetFieldValue<DateTimeOffset>(10),
        Lease = reader.GetFieldValue<DateTimeOffset>(11),
        Expires = reader.IsDBNull(12) ? null : reader.GetFieldValue<DateTimeOffset>(12),
        Stored = reader.IsDBNull(13) ? null : reader.GetFieldValue<DateTimeOffset>(13),
        Blob = reader.IsDBNull(14) ? null : reader.GetString(14),
        Sha256 = reader.IsDBNull(15) ? null : reader.GetFieldValue<byte[]>(15),
    };

    internal static void Add<T>(NpgsqlCommand command, T value) =>
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    internal static void AddNullable<T>(NpgsqlCommand command, T? value, NpgsqlDbType type) where T : struct =>
        command.Parameters.Add(new NpgsqlParameter { Value = value is { } given ? given : DBNull.Value, NpgsqlDbType = type });

    internal static string UsageColumn(Purpose purpose) => purpose switch
    {
        Purpose.Profile => "profile_bytes",
        Purpose.Ephemeral => "ephemeral_bytes",
        Purpose.Permanent => "permanent_bytes",
        _ => "message_bytes",
    };

    private FileStored StoredEvent(UploadFile file) => new()
    {
        SlotId = file.Path,
        Uploader = file.Owner,
        Url = urls.Get(file.Path).AbsoluteUri,
        Sha256 = Convert.ToHexStringLower(file.Sha256!),
        Purpose = UploadNamespaces.Name(file.Purpose),
        Size = file.Size,
        ContentType = file.ContentType,
        At = file.Stored!.Value,
    };

    // The row of the owner is locked by the update: two requests at once see each other's bytes.
    private static string ReserveStatement(string column) => $"""
        with admitted as (
          insert into upload.usage as u (owner, domain, {column}, files,
              {string.Join(", ", OtherColumns(column))})
          values ($1, $2, $3, 1, 0, 0, 0)
          on conflict (owner) do update set {column} = u.{column} + $3, files = u.files + 1
            where u.{column} + $3 <= $4 and u.files < $6
              and u.message_bytes + u.profile_bytes + u.ephemeral_bytes + u.permanent_bytes + $3 <= $5
          returning 1)
        insert into upload.files (path, owner, name, content_type, is_type_bound, size, purpose, state, is_staged, created, lease,
            expires)
        select $7, $1, $8, $9, $10, $3, $11, 0, $12, $13, $14, $15 from admitted
        """;

    private static IEnumerable<string> OtherColumns(string column) =>
        Enum.GetValues<Purpose>().Select(UsageColumn).Where(name => name != column);
}
