using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Annex.PushLoad;

/// <summary>An APNs that answers nobody until it is released; HTTP/2 in the clear on loopback.</summary>
internal sealed class SlowNetwork : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;
    private int _taken;

    private SlowNetwork(WebApplication app) => _app = app;

    public int Waiting => Volatile.Read(ref _waiting);

    public int Taken => Volatile.Read(ref _taken);

    public string Url => _app.Urls.First();

    public static async Task<SlowNetwork> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000; // what Apple's own servers allow
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        var network = new SlowNetwork(app);
        app.Run(network.HandleAsync);
        await app.StartAsync();
        return network;
    }

    public void Release() => _release.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http)
    {
        Interlocked.Increment(ref _waiting);
        await _release.Task;
        Interlocked.Decrement(ref _waiting);
        Interlocked.Increment(ref _taken);
        http.Response.StatusCode = 200;
    }
}
