using System.Net;
using Annex.Rpc;
using Annex.Testing.Rpc;
using Annex.Testing.Rpc.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Interop.Rpc;

/// <summary>Annex's gRPC against the libraries that everyone else uses: Python's grpcio and npm's @grpc/grpc-js.</summary>
public sealed class RpcPeersTests
{
    private const string Token = "a-token-for-the-peers";

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task A_client_of_another_library_calls_Annex(string language)
    {
        var services = new RpcServiceMap();
        services.Health.SetStatus("toggle", isServing: true);
        services.Add(Probe.BindService(new ProbeService(() => services.Health.SetStatus("toggle", isServing: false))));
        await using var server = await ServeAsync(services);
        await using var client = await PeerProcess.StartAsync(language, "client", new Uri(server.Urls.First()).Authority, Token);
        var results = await client.ReadToEndAsync();
        Assert.All(results, r => Assert.StartsWith("ok ", r, StringComparison.Ordinal));
        Assert.Equal(15, results.Length);
    }

    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task Annex_calls_a_server_of_another_library(string language)
    {
        await using var server = await PeerProcess.StartAsync(language, "server");
        var port = int.Parse(await server.ReadLineAsync(), System.Globalization.CultureInfo.InvariantCulture);
        using var channel = RpcChannel.ForAddress($"http://127.0.0.1:{port}");
        var failed = new List<string>();
        foreach (var check in ProbeChecks.Names)
        {
            try
            {
                await ProbeChecks.RunAsync(check, channel.CreateCallInvoker());
            }
            catch (Exception e)
            {
                failed.Add($"{check}: {e.Message}");
            }
        }
        Assert.Empty(failed);
    }

    private static async Task<WebApplication> ServeAsync(RpcServiceMap services)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, o => o.Protocols = HttpProtocols.Http2));
        builder.Services.AddRouting();
        builder.Services.AddLogging();
        var app = builder.Build();
        app.RunRpc(services, new RpcServerOptions { Token = RpcToken.Load(Token, null) });
        await app.StartAsync();
        return app;
    }
}
