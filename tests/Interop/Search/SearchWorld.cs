using System.Diagnostics;
using Annex.Hosting.Web;
using Annex.Scenarios.Upload;
using Annex.Search.Index;
using Annex.Search.Storage;
using Annex.Testing.Servers;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Interop.Search;

/// <summary>A real XMPP server with a MUC service of its own, and our muc and search attached to it.</summary>
public abstract class SearchWorld : IAsyncLifetime
{
    private Suite _suite = null!;

    internal XmppServerOptions Options { get; } = new()
    {
        Users = new Dictionary<string, string> { ["ann"] = "anns-password" },
        Components = new Dictionary<string, string> { ["muc.annex.test"] = Suite.Secret, ["search.annex.test"] = Suite.Secret },
        // The "other service": what the servers bring along, with pictures of rooms.
        ComponentLines = "Component \"conference.annex.test\" \"muc\"\n  modules_enabled = { \"vcard_muc\" }\n",
        ModuleLines = "  mod_muc: { default_room_options: { mam: false } }\n",
    };

    public abstract string Name { get; }

    /// <summary>Whether disco#info of the server's own rooms tells that they have a picture.</summary>
    public abstract bool TellsPictures { get; }

    public Uri Http => _suite.AddressOf("Search", ListenerKind.Http);

    internal IServiceProvider Services => _suite.Services;

    protected abstract int ClientPort { get; }

    protected abstract int ComponentPort { get; }

    public abstract string WebSocket { get; }

    public async Task InitializeAsync()
    {
        await StartServerAsync();
        _suite = await Suite.StartAsync("annex.test", ComponentPort, ["Muc", "Search"], new Dictionary<string, string?>
        {
            ["LocalDomains"] = "annex.test",
            ["Search:Crawler:Seeds"] = "annex.test",
            ["Search:Crawler:RequestInterval"] = "10ms",
            ["Search:MaxQueriesPerUser"] = "10000",
        });
        await _suite.WaitUntilConnectedAsync("Muc", "Search");
    }

    public async Task DisposeAsync()
    {
        await _suite.DisposeAsync();
        await StopServerAsync();
    }

    /// <summary>What the client wrote, having come to its end.</summary>
    public async Task<string> RunClientAsync(string what, CancellationToken cancellationToken = default)
    {
        var (exitCode, output) = await PythonProgram.RunAsync("tests/Interop/Search/python/directory_client.py",
            ["127.0.0.1", $"{ClientPort}", "annex.test", "ann", "anns-password", what], TimeSpan.FromMinutes(5), cancellationToken);
        Assert.True(exitCode == 0 && output.Contains("done", StringComparison.Ordinal), output);
        return output;
    }

    /// <summary>Addresses that the index finds, in their order.</summary>
    public async Task<string[]> FindAsync(string text, int minOccupants = 0)
    {
        Assert.True(SearchTerms.TryParse(text, new SearchLimits(), out var terms, out _));
        var page = await Services.GetRequiredService<RoomFinder>().FindAsync(
            new RoomQuery { Terms = terms, Sort = SortKey.Address, MinOccupants = minOccupants }, CancellationToken.None);
        return [.. page.Rooms.Select(r => r.Jid)];
    }

    /// <summary>Visits a domain now and waits until it has been.</summary>
    public async Task CrawlAsync(string domain, Func<Task<bool>> until)
    {
        var watch = Stopwatch.StartNew();
        while (!await until())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), $"{domain} was not crawled");
            await Services.GetRequiredService<DomainStore>().HurryAsync(domain, CancellationToken.None);
            await Task.Delay(500);
        }
    }

    protected abstract Task StartServerAsync();

    protected abstract Task StopServerAsync();
}
