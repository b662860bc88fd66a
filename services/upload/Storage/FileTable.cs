using System.Globalization;
using System.Text;
using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Upload.Slots;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Annex.Upload.Storage;

/// <summary>Files after their upload: found, listed, deleted. A deletion takes row, quota and event in one transaction; the
/// blob is doomed in it and leaves the store right after, or with the next sweep.</summary>
public sealed class FileTable(
    [FromKeyedServices(UploadService.Name)] NpgsqlDataSource database,
    [FromKeyedServices(UploadService.Name)] EventOutbox outbox,
    SlotUrls urls)
{
    /// <summary>Deletes those files that still exist.</summary>
    /// <returns>What was deleted, reserved slots included.</returns>
    public async Task<IReadOnlyList<UploadFile>> DeleteAsync(
        long[] ids, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (ids.Length == 0) return [];
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var gone = await DeleteAsync(connection, transaction, ids, reason, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return gone;
    }

    /// <summary>The same in the caller's transaction.</summary>
    public async Task<IReadOnlyList<UploadFile>> DeleteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction,
        long[] ids, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            with gone as (delete from upload.files where id = any($1) returning {SlotTable.Columns}),
            doomed as (insert into upload.doomed_blobs (blob, since) select blob, $2 from gone where blob is not null
              on conflict do nothing),
            freed as (update upload.usage u set message_bytes = u.message_bytes - s.m, profile_bytes = u.profile_bytes - s.p,
                ephemeral_bytes = u.ephemeral_bytes - s.e, permanent_bytes = u.permanent_bytes - s.x, files = u.files - s.n
              from (select owner, count(*)::int n,
                  coalesce(sum(size) filter (where purpose = 0), 0)::bigint m,
                  coalesce(sum(size) filter (where purpose = 1), 0)::bigint p,
                  coalesce(sum(size) filter (where purpose = 2), 0)::bigint e,
                  coalesce(sum(size) filter (where purpose = 3), 0)::bigint x
                from gone group by owner) s
                join (select owner from upload.usage where owner in (select owner from gone) order by owner for update) locked using (owner)
              where u.owner = s.owner)
            select * from gone
            """, connection, transaction);
        SlotTable.Add(command, ids);
        SlotTable.Add(command, now);
        var gone = await SlotTable.ReadAllAsync(command, cancellationToken);
        foreach (var file in gone)
        {
            // Nobody was ever told of the others.
            if (file.State != FileState.Stored) continue;
            await outbox.AddAsync(connection, transaction, DeletedEvent(file, reason, now), cancellationToken);
        }
        return gone;
    }

    /// <summary>One page of an owner's stored files, newest first.</summary>
    /// <param name="before">Id of the last file of the page before; long.MaxValue for the first.</param>
    public Task<IReadOnlyList<UploadFile>> ListAsync(
        string owner, long before, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        ListAsync(new FileFilter { Owner = owner, Before = before }, limit, now, cancellationToken);

    /// <summary>One page of the stored files that pass the filter, newest first.</summary>
    public async Task<IReadOnlyList<UploadFile>> ListAsync(
        FileFilter filter, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand();
        SlotTable.Add(command, filter.Before);
        SlotTable.Add(command, now);
        SlotTable.Add(command, limit);
        var conditions = new StringBuilder();
        void Where<T>(string condition, T? value)
        {
            if (value is null) return;
            command.Parameters.Add(new NpgsqlParameter { Value = value });
            conditions.Append(CultureInfo.InvariantCulture, $" and {condition}{command.Parameters.Count}");
        }
        Where("owner = $", filter.Owner);
        // Whoever has files has a row of usage, which knows the domain.
        if (filter.Domain is not null) Where("owner in (select owner from upload.usage where domain = $", filter.Domain);
        if (filter.Domain is not null) conditions.Append(')');
        Where("sha256 = $", filter.Sha256);
        Where("purpose = $", (short?)filter.Purpose);
        Where("stored >= $", filter.Start);
        Where("stored < $", filter.End);
        command.CommandText = $"""
            select {SlotTable.Columns} from upload.files
            where id < $1 and state = 1 and (expires is null or expires > $2){conditions}
            order by id desc limit $3
            """;
        return await SlotTable.ReadAllAsync(command, cancellationToken);
    }

    /// <summary>Ids of all that an owner has, reserved slots included, at most limit.</summary>
    public Task<long[]> IdsOfAsync(string owner, int limit, CancellationToken cancellationToken) =>
        IdsAsync("owner = $1 order by id limit $2", owner, limit, cancellationToken);

    /// <summary>Ids of all that the users of a domain have, reserved slots included, at most limit.</summary>
    public Task<long[]> IdsOfDomainAsync(string domain, int limit, CancellationToken cancellationToken) =>
        IdsAsync("owner in (select owner from upload.usage where domain = $1) order by id limit $2", domain, limit,
            cancellationToken);

    /// <summary>Ids of all files with this content.</summary>
    public Task<long[]> IdsOfAsync(byte[] sha256, int limit, CancellationToken cancellationToken) =>
        IdsAsync("sha256 = $1 order by id limit $2", sha256, limit, cancellationToken);

    /// <summary>Ids whose lease or time is over: unused slots, expired files.</summary>
    public Task<long[]> IdsDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => IdsAsync(
        "(state = 0 and lease <= $1) or (state = 1 and expires is not null and expires <= $1) limit $2",
        now, limit, cancellationToken);

    /// <summary>The same of one owner.</summary>
    public async Task<long[]> IdsDueAsync(string owner, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select id from upload.files where owner = $1
              and ((state = 0 and lease <= $2) or (state = 1 and expires is not null and expires <= $2)) limit $3
            """);
        SlotTable.Add(command, owner);
        SlotTable.Add(command, now);
        SlotTable.Add(command, limit);
        return await ReadIdsAsync(command, cancellationToken);
    }

    /// <summary>When enough of an owner's files will have expired for this many bytes (and one file) to be free; null: never,
    /// unless something is deleted.</summary>
    public async Task<DateTimeOffset?> FreeAtAsync(
        string owner, Purpose? purpose, long bytes, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            select at from (
              select at, sum(size) over (order by at, id) as freed from (
                select id, size, case when state = 0 then lease else expires end as at from upload.files
                where owner = $1 {(purpose is null ? "" : "and purpose = $3")}) due
              where at is not null) passing
            where freed >= $2 order by at limit 1
            """);
        SlotTable.Add(command, owner);
        SlotTable.Add(command, Math.Max(1, bytes));
        if (purpose is { } one) SlotTable.Add(command, (short)one);
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime at
            ? new DateTimeOffset(DateTime.SpecifyKind(at, DateTimeKind.Utc)) : null;
    }

    private async Task<long[]> IdsAsync<T>(string condition, T argument, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select id from upload.files where {condition}");
        SlotTable.Add(command, argument);
        SlotTable.Add(command, limit);
        return await ReadIdsAsync(command, cancellationToken);
    }

    private static async Task<long[]> ReadIdsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<long>();
        while (await reader.ReadAsync(cancellationToken)) ids.Add(reader.GetInt64(0));
        return [.. ids];
    }

    private FileDeleted DeletedEvent(UploadFile file, string reason, DateTimeOffset now) => new()
    {
        SlotId = file.Path,
        Uploader = file.Owner,
        Url = urls.Get(file.Path).AbsoluteUri,
        Sha256 = file.Sha256 is null ? null : Convert.ToHexStringLower(file.Sha256),
        Purpose = UploadNamespaces.Name(file.Purpose),
        Reason = reason,
        At = now,
    };
}
