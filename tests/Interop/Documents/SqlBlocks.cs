using Annex.Hosting;
using Annex.Muc;
using Annex.Push;
using Annex.Search;
using Annex.Testing.Documents;
using Annex.Testing.Servers;
using Annex.Upload;
using Npgsql;

namespace Annex.Interop.Documents;

/// <summary>SQL is run on a database with the schemas of all services, and taken back.</summary>
internal static class SqlBlocks
{
    private static readonly SemaphoreSlim One = new(1);
    private static string? _database;

    public static async Task RunAsync(FencedBlock block)
    {
        await One.WaitAsync();
        try
        {
            _database ??= await CreateAsync();
        }
        finally
        {
            One.Release();
        }
        await using var source = NpgsqlDataSource.Create(_database);
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(block.Text, connection, transaction);
        await command.ExecuteNonQueryAsync();
        await transaction.RollbackAsync();
    }

    private static async Task<string> CreateAsync()
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        using var directory = new PrivateDirectory();
        var settings = new Dictionary<string, string?> { ["Database"] = database, ["LocalDomains"] = "example.org" };
        AnnexService[] services = [MucService.Definition, UploadService.Definition, PushService.Definition, SearchService.Definition];
        foreach (var service in services)
        {
            settings[$"{service.Name}:Component:Jid"] = $"{service.Name.ToLowerInvariant()}.example.org";
            settings[$"{service.Name}:Component:Secret"] = "secret";
            settings[$"{service.Name}:Component:Port"] = "1";
            foreach (var listener in (string[])["Ops", "Rpc", "Http"])
            {
                if (listener != "Http" || service.Name is "Upload" or "Search" or "Push")
                    settings[$"{service.Name}:{listener}:Listen"] = "127.0.0.1:0";
            }
        }
        settings["Upload:Http:PublicUrl"] = settings["Push:Http:PublicUrl"] = settings["Search:Http:PublicUrl"] = "https://example.org";
        settings["Upload:Directory"] = Path.Combine(directory.Path, "upload");
        settings["Push:EncryptionKeyFile"] = Path.Combine(directory.Path, "push.keys");
        settings["Push:WebPush:KeyFiles"] = Path.Combine(directory.Path, "vapid.pem");
        await using var app = AnnexApplication.Build([], settings, services);
        await app.StartAsync();
        await app.StopAsync();
        return database;
    }
}
