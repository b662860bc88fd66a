using Annex.Search.Crawler;
using Microsoft.AspNetCore.Http;
using Npgsql;
using NpgsqlTypes;

namespace Annex.Search.Storage;

/// <summary>Pictures of listed rooms.</summary>
public sealed class AvatarStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Rooms whose picture is not here yet, or is another by now.</summary>
    public async Task<IReadOnlyList<(string Jid, string Hash)>> FindMissingAsync(int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            select r.jid, r.avatar_hash from search.rooms r left join search.avatars a on a.jid = r.jid
            where r.is_listed and r.avatar_hash is not null and (a.jid is null or a.hash <> r.avatar_hash)
            order by r.popularity desc limit @limit
            """);
        command.Parameters.AddWithValue("limit", limit);
        var missing = new List<(string, string)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            missing.Add((reader.GetString(0), reader.GetString(1)));
        return missing;
    }

    /// <param name="image">Null where the room has none that we show: it is not asked again until its hash changes.</param>
    public async Task PutAsync(string jid, string hash, byte[]? image, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            insert into search.avatars (jid, hash, image, fetched_at) values (@jid, @hash, @image, @now)
            on conflict (jid) do update set hash = excluded.hash, image = excluded.image, fetched_at = excluded.fetched_at
            """);
        command.Parameters.AddWithValue("jid", jid);
        command.Parameters.AddWithValue("hash", hash);
        command.Parameters.Add(new("image", NpgsqlDbType.Bytea) { Value = (object?)image ?? DBNull.Value });
        command.Parameters.AddWithValue("now", time.GetUtcNow().UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<int> RemoveOrphansAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "delete from search.avatars a where not exists (select from search.rooms r where r.jid = a.jid and r.is_listed)");
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Answers with the picture of a listed room, or 404.</summary>
    public async Task WriteAsync(HttpContext http, string jid)
    {
        await using var command = database.CreateCommand("""
            select a.image, a.hash from search.avatars a join search.rooms r on r.jid = a.jid
            where a.jid = @jid and r.is_listed and a.image is not null
            """);
        command.Parameters.AddWithValue("jid", jid);
        await using var reader = await command.ExecuteReaderAsync(http.RequestAborted);
        if (!await reader.ReadAsync(http.RequestAborted))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var etag = $"\"{reader.GetString(1)}\"";
        http.Response.Headers.ETag = etag;
        http.Response.Headers.CacheControl = "public, max-age=3600";
        if (http.Request.Headers.IfNoneMatch.Contains(etag))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var image = reader.GetFieldValue<byte[]>(0);
        http.Response.ContentType = InertImage.TypeOf(image);
        await http.Response.Body.WriteAsync(image, http.RequestAborted);
    }
}
