using System.Net;
using System.Net.Sockets;
using Annex.Hosting;
using Annex.Scenarios.Upload;
using Annex.Testing.Servers;
using Annex.Upload;
using Annex.Xmpp.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Annex.Interop.Upload;

/// <summary>The upload service attached to a real XMPP server, reachable under the URL that it tells.</summary>
internal sealed class AttachedUpload : IAsyncDisposable
{
    public const string Component = "upload.annex.test";
    public const string Secret = "it-is-the-east";
    private readonly WebApplication _app;
    private readonly string _directory;

    private AttachedUpload(WebApplication app, string directory, Uri url) => (_app, _directory, Url) = (app, directory, url);

    public Uri Url { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="componentPort">Of the server; 0: none, HTTP alone is wanted.</param>
    public static async Task<AttachedUpload> StartAsync(int componentPort, params (string Key, string Value)[] settings)
    {
        var postgres = await PostgresServer.SharedAsync();
        var directory = Directory.CreateTempSubdirectory("annex-upload-").FullName;
        var url = new Uri($"http://127.0.0.1:{FreePorts.Next()}");
        var all = new Dictionary<string, string?>
        {
            ["Database"] = await postgres.CreateDatabaseAsync(),
            ["LocalDomains"] = "annex.test",
            ["Upload:Component:Jid"] = Component,
            ["Upload:Component:Secret"] = Secret,
            ["Upload:Component:Host"] = "127.0.0.1",
            ["Upload:Component:Port"] = (componentPort == 0 ? FreePorts.Next() : componentPort).ToString(
                System.Globalization.CultureInfo.InvariantCulture),
            ["Upload:Http:Listen"] = url.Authority,
            ["Upload:Rpc:Listen"] = "127.0.0.1:0",
            ["Upload:Ops:Listen"] = "127.0.0.1:0",
            ["Upload:Directory"] = directory,
        };
        foreach (var (key, value) in settings) all[key] = value;
        var app = AnnexApplication.Build([], all, UploadService.Definition);
        await app.StartAsync();
        var connection = app.Services.GetRequiredKeyedService<ComponentConnection>("Upload");
        if (componentPort != 0) await Eventually.IsTrueAsync(() => connection.IsConnected);
        return new AttachedUpload(app, directory, url);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
