using System.Globalization;
using Annex.Hosting;
using Annex.Hosting.Web;
using Annex.Muc;
using Annex.Push;
using Annex.Search;
using Annex.Testing.Servers;
using Annex.TurnDiscovery;
using Annex.Upload;
using Annex.Xmpp.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Annex.Interop;

/// <summary>Annex as <c>host</c> runs it, in this process: any of the five services against a real XMPP server and an
/// empty database of the shared PostgreSQL.</summary>
internal sealed class Suite : IAsyncDisposable
{
    /// <summary>The secret of every component; give it to the server, as <see cref="XmppServerOptions.SnippetSecret"/> say.</summary>
    public const string Secret = "the-secret-of-the-tests";

    private static readonly AnnexService[] Definitions =
    [
        MucService.Definition, UploadService.Definition, PushService.Definition, TurnDiscoveryService.Definition,
        SearchService.Definition,
    ];

    private readonly WebApplication _application;
    private readonly DirectoryInfo _files;

    private Suite(WebApplication application, LogLines log, DirectoryInfo files, IReadOnlyDictionary<string, string?> settings)
    {
        _application = application;
        Settings = settings;
        _files = files;
        Log = log;
    }

    public LogLines Log { get; }

    /// <summary>What it was started with.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; }

    public IServiceProvider Services => _application.Services;

    /// <summary>The first part of each service's address, as the operators' snippet and ./run have it.</summary>
    public static IReadOnlyDictionary<string, string> Subdomains { get; } = new Dictionary<string, string>
    {
        ["Muc"] = "muc",
        ["Upload"] = "upload",
        ["Push"] = "push",
        ["TurnDiscovery"] = "turn",
        ["Search"] = "search",
    };

    /// <param name="domain">The server's domain.</param>
    /// <param name="componentPort">Its component port on the loopback interface.</param>
    /// <param name="services">Names such as Muc; all five when null.</param>
    /// <param name="changes">Configuration keys that replace or add to the ground.</param>
    public static async Task<Suite> StartAsync(string domain, int componentPort, IEnumerable<string>? services = null,
        IReadOnlyDictionary<string, string?>? changes = null)
    {
        var chosen = Definitions.Where(d => services?.Contains(d.Name) ?? true).ToArray();
        var files = Directory.CreateTempSubdirectory("annex-suite");
        var settings = new Dictionary<string, string?>
        {
            ["Database"] = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(),
        };
        foreach (var service in chosen)
        {
            AddService(settings, service.Name, domain, componentPort);
        }

        AddPlaces(settings, chosen, files);
        foreach (var (key, value) in changes ?? new Dictionary<string, string?>())
        {
            settings[key] = value;
        }

        try
        {
            var application = AnnexApplication.Build([], settings, chosen);
            var log = new LogLines();
            application.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
            await application.StartAsync();
            return new Suite(application, log, files, settings);
        }
        catch
        {
            files.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>The services that have a component, in the order of <see cref="Subdomains"/>.</summary>
    public IReadOnlyList<string> Components =>
        [.. Subdomains.Keys.Where(name => Services.GetKeyedService<ComponentConnection>(name) is not null)];

    /// <summary>Where a service listens, or null where it has no such listener.</summary>
    public Uri? FindAddress(string service, ListenerKind kind) =>
        AnnexApplication.AddressOf(_application, service, kind);

    /// <summary>Where a service listens.</summary>
    public Uri AddressOf(string service, ListenerKind kind) =>
        FindAddress(service, kind) ?? throw new InvalidOperationException($"{service} has no listener {kind}.");

    /// <summary>Waits until each of these services has told that it is connected.</summary>
    public async Task WaitUntilConnectedAsync(params string[] services)
    {
        foreach (var service in services)
        {
            await Log.WaitForAsync($"{service} is connected", 1, TimeSpan.FromMinutes(1));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        Log.Dispose();
        _files.Delete(recursive: true);
    }

    private static void AddService(Dictionary<string, string?> settings, string name, string domain, int componentPort)
    {
        settings[$"{name}:Component:Host"] = "127.0.0.1";
        settings[$"{name}:Component:Port"] = componentPort.ToString(CultureInfo.InvariantCulture);
        settings[$"{name}:Component:Jid"] = $"{Subdomains[name]}.{domain}";
        settings[$"{name}:Component:Secret"] = Secret;
        settings[$"{name}:Ops:Listen"] = "127.0.0.1:0";
        settings[$"{name}:Rpc:Listen"] = "127.0.0.1:0";
        // Not port 0: the addresses that are given out have to name the port before it is bound.
        settings[$"{name}:Http:Listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts.Next()}");
    }

    private static void AddPlaces(Dictionary<string, string?> settings, AnnexService[] chosen, DirectoryInfo files)
    {
        if (chosen.Any(c => c.Name == "Upload"))
        {
            settings["Upload:Directory"] = Path.Combine(files.FullName, "upload");
        }

        if (chosen.Any(c => c.Name == "Push"))
        {
            settings["Push:EncryptionKeyFile"] = Path.Combine(files.FullName, "push.keys");
            settings["Push:WebPush:KeyFiles"] = Path.Combine(files.FullName, "vapid.pem");
        }
    }
}
