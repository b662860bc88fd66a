using System.Security.Cryptography;
using Annex.Upload.Slots;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Annex.Upload.Storage;

/// <summary>The key that slot tokens are signed with: made once, kept in the database, so that every process of the service
/// honours every other's slots and nobody has to configure it.</summary>
public sealed class SharedKey([FromKeyedServices(UploadService.Name)] NpgsqlDataSource database)
{
    private const string TokenKey = "slot-token";
    private const int KeyBytes = 32;

    private volatile UploadToken? _token;

    public async ValueTask<UploadToken> TokenAsync(CancellationToken cancellationToken)
    {
        if (_token is { } known) return known;
        await using var insert = database.CreateCommand(
            "insert into upload.secrets (name, value) values ($1, $2) on conflict do nothing");
        SlotTable.Add(insert, TokenKey);
        SlotTable.Add(insert, RandomNumberGenerator.GetBytes(KeyBytes));
        await insert.ExecuteNonQueryAsync(cancellationToken);
        await using var select = database.CreateCommand("select value from upload.secrets where name = $1");
        SlotTable.Add(select, TokenKey);
        var key = (byte[])(await select.ExecuteScalarAsync(cancellationToken))!;
        return _token = new UploadToken(key);
    }
}
