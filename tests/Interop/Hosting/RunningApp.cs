using Annex.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Annex.Interop.Hosting;

/// <summary>A started application that is stopped before it is disposed, as a process does.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private bool _isStopped;

    private RunningApp(WebApplication app) => App = app;

    public WebApplication App { get; }

    public IServiceProvider Services => App.Services;

    public static async Task<RunningApp> StartAsync(Dictionary<string, string?> settings, params AnnexService[] services)
    {
        var app = AnnexApplication.Build([], settings, services);
        try
        {
            await app.StartAsync();
            return new RunningApp(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_isStopped)
            return;
        _isStopped = true;
        await App.StopAsync();
        await App.DisposeAsync();
    }
}
