using System.Net;
using Annex.Testing.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Annex.Rpc.Tests;

/// <summary>Kestrel with a map of contracts on connections in memory.</summary>
public sealed class RpcServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<RpcChannel> _channels = [];

    private RpcServer(WebApplication app, PipeListener listener) => (_app, Listener) = (app, listener);

    public PipeListener Listener { get; }

    public static async Task<RpcServer> StartAsync(
        RpcServiceMap services, RpcServerOptions? options = null, HttpsConnectionAdapterOptions? tls = null)
    {
        var listener = new PipeListener();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(new DnsEndPoint("memory", 1), listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            if (tls is not null)
                listen.UseHttps(tls);
        }));
        if (tls is not null)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddRouting();
        builder.Services.AddLogging();
        builder.Services.AddSingleton<IConnectionListenerFactory>(listener);
        var app = builder.Build();
        app.RunRpc(services, options ?? new RpcServerOptions());
        await app.StartAsync();
        return new RpcServer(app, listener);
    }

    public RpcChannel Connect(RpcChannelOptions? options = null)
    {
        var channel = RpcChannel.ForAddress("http://memory:1", options, Listener.CreateHandler());
        _channels.Add(channel);
        return channel;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels)
            channel.Dispose();
        // Who still watches is cut off.
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }
}
