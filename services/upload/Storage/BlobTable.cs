using Annex.Upload.Blobs;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Annex.Upload.Storage;

/// <summary>What the database knows of blobs: the doomed, and which are referred to.</summary>
public sealed class BlobTable([FromKeyedServices(UploadService.Name)] NpgsqlDataSource database)
{
    /// <summary>Blobs that have to leave the store, oldest first.</summary>
    public async Task<IReadOnlyList<BlobKey>> DoomedAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select blob from upload.doomed_blobs order by since limit $1");
        SlotTable.Add(command, limit);
        return [.. (await StringsAsync(command, cancellationToken)).Select(BlobKey.Parse)];
    }

    /// <summary>They have left it.</summary>
    public async Task ForgetAsync(IEnumerable<BlobKey> blobs, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("delete from upload.doomed_blobs where blob = any($1)");
        SlotTable.Add(command, blobs.Select(blob => blob.Value).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Those of the given blobs that no file refers to.</summary>
    public async Task<IReadOnlyList<BlobKey>> UnknownAsync(
        IReadOnlyCollection<BlobKey> blobs, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select b from unnest($1) b where not exists (select from upload.files f where f.blob = b)
            """);
        SlotTable.Add(command, blobs.Select(blob => blob.Value).ToArray());
        return [.. (await StringsAsync(command, cancellationToken)).Select(BlobKey.Parse)];
    }

    /// <summary>A page of files and their blobs in the order of ids.</summary>
    public async Task<IReadOnlyList<(long Id, BlobKey Blob, long Size)>> PageAsync(
        long after, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select id, blob, size from upload.files where id > $1 and state = 1 and blob is not null order by id limit $2");
        SlotTable.Add(command, after);
        SlotTable.Add(command, limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var page = new List<(long, BlobKey, long)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            page.Add((reader.GetInt64(0), BlobKey.Parse(reader.GetString(1)), reader.GetInt64(2)));
        }
        return page;
    }

    private static async Task<List<string>> StringsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var strings = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) strings.Add(reader.GetString(0));
        return strings;
    }
}
