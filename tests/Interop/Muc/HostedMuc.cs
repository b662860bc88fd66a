using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Annex.Hosting;
using Annex.Muc;
using Annex.Rpc;
using Annex.Testing.Servers;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Annex.Interop.Muc;

/// <summary>The chat service in this process, on a real database, spoken to as its server would; and both ways to call it.</summary>
internal sealed class HostedMuc : IAsyncDisposable
{
    public const string Component = "muc.example.org";

    private readonly ComponentServer _server;
    private readonly WebApplication _app;
    private readonly RpcChannel _channel;

    private HostedMuc(ComponentServer server, WebApplication app, RpcChannel channel)
    {
        (_server, _app, _channel) = (server, app, channel);
        Xmpp = new ServiceConversation(server);
    }

    public ServiceConversation Xmpp { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>As another service of the same process calls.</summary>
    public CallInvoker InProcess => _app.Services.GetRequiredService<RpcPeers>().Find("Muc")!;

    public CallInvoker OverGrpc => _channel.CreateCallInvoker();

    /// <param name="more">Further settings.</param>
    public static async Task<HostedMuc> StartAsync(params (string Key, string Value)[] more)
    {
        var postgres = await PostgresServer.SharedAsync();
        var server = new ComponentServer();
        var calls = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts.Next()}");
        var settings = new Dictionary<string, string?>
        {
            ["Database"] = await postgres.CreateDatabaseAsync(),
            ["LocalDomains"] = "example.org",
            ["Admins"] = "prince@example.org",
            ["Muc:Component:Jid"] = Component,
            ["Muc:Component:Secret"] = ComponentServer.Secret,
            ["Muc:Component:Host"] = "127.0.0.1",
            ["Muc:Component:Port"] = server.Port.ToString(CultureInfo.InvariantCulture),
            ["Muc:Rpc:Listen"] = calls,
            ["Muc:Ops:Listen"] = "127.0.0.1:0",
        };
        foreach (var (key, value) in more)
            settings[key] = value;
        var app = AnnexApplication.Build([], settings, MucService.Definition);
        await app.StartAsync();
        await server.ConnectedAsync();
        return new HostedMuc(server, app, RpcChannel.ForAddress($"http://{calls}"));
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _server.DisposeAsync();
    }
}
