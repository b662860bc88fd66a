using Annex.Hosting;
using Annex.Muc;
using Annex.Testing.Servers;
using Annex.Xmpp.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Annex.Interop.Muc;

/// <summary>The chat service attached to a real XMPP server, with its own database.</summary>
internal sealed class AttachedMuc : IAsyncDisposable
{
    public const string Component = "muc.annex.test";
    public const string Secret = "it-is-the-east";
    private readonly WebApplication _app;

    private AttachedMuc(WebApplication app) => _app = app;

    /// <summary>As another service of the same process calls.</summary>
    public Grpc.Core.CallInvoker Calls => _app.Services.GetRequiredService<Annex.Rpc.RpcPeers>().Find("Muc")!;

    /// <param name="database">Null: a new one.</param>
    /// <param name="more">Further settings.</param>
    public static async Task<AttachedMuc> StartAsync(int componentPort, string? database = null,
        params (string Key, string Value)[] more)
    {
        database ??= await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var settings = new Dictionary<string, string?>
        {
            ["Database"] = database,
            ["LocalDomains"] = "annex.test",
            ["Muc:Component:Jid"] = Component,
            ["Muc:Component:Secret"] = Secret,
            ["Muc:Component:Host"] = "127.0.0.1",
            ["Muc:Component:Port"] = componentPort.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Muc:Rpc:Listen"] = "127.0.0.1:0",
            ["Muc:Ops:Listen"] = "127.0.0.1:0",
        };
        foreach (var (key, value) in more)
            settings[key] = value;
        var app = AnnexApplication.Build([], settings, MucService.Definition);
        await app.StartAsync();
        var connection = app.Services.GetRequiredKeyedService<ComponentConnection>(MucService.Name);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await connection.WaitForStateAsync(LinkState.Up, limit.Token);
        return new AttachedMuc(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
