using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Annex.Interop.Muc;
using Annex.Scenarios.Upload;
using Annex.Testing.Servers;

namespace Annex.Interop.Together;

/// <summary>Annex as it grows: five processes over RabbitMQ and gRPC, one PostgreSQL, an object store and a TURN server,
/// attached to a real XMPP server.</summary>
internal sealed class FiveProcesses : IAsyncDisposable
{
    private const string Domain = "annex.test";

    private static readonly string[] Names = ["Muc", "Upload", "Push", "TurnDiscovery", "Search"];

    private readonly List<ServiceProcess> _processes = [];
    private readonly CoturnServer _coturn;

    private FiveProcesses(RabbitMqServer broker, CoturnServer coturn, string database) =>
        (Broker, _coturn, Database) = (broker, coturn, database);

    public RabbitMqServer Broker { get; }

    /// <summary>Connection string of the database that all five share.</summary>
    public string Database { get; }

    public Dictionary<string, int> Rpc { get; } = [];

    public Dictionary<string, int> Web { get; } = [];

    public List<int> Ops { get; } = [];

    /// <summary>What each of them said last.</summary>
    public string Log => string.Join("\n\n", _processes.Select((process, i) => $"{Names[i]}:\n{process.Log}"));

    /// <param name="componentPort">The XMPP server's.</param>
    /// <param name="collector">Where traces go, or null.</param>
    public static async Task<FiveProcesses> StartAsync(int componentPort, Uri? collector)
    {
        var broker = RabbitMqServer.StartAsync();
        var coturn = CoturnServer.StartAsync("a-secret-of-the-turn-server");
        var bucket = new Dictionary<string, string?>();
        var store = UploadHost.AddBucketAsync(bucket, StoreKind.Ceph);
        var postgres = await PostgresServer.SharedAsync();
        var world = new FiveProcesses(await broker, await coturn, await postgres.CreateDatabaseAsync());
        try
        {
            await store;
            await world.StartAllAsync(componentPort, collector, bucket);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    private async Task StartAllAsync(int componentPort, Uri? collector, Dictionary<string, string?> bucket)
    {
        var common = new Dictionary<string, string>
        {
            ["LocalDomains__0"] = Domain,
            ["Admins__0"] = $"admin@{Domain}",
            ["Bus__RabbitMq"] = Broker.Uri.ToString(),
        };
        if (collector is not null) common["Observability__Otlp"] = collector.AbsoluteUri;
        foreach (var name in Names)
        {
            (Rpc[name], Web[name]) = (FreePorts.Next(), FreePorts.Next());
            common[$"Peers__{name}"] = $"http://127.0.0.1:{Rpc[name]}";
        }
        var special = SpecialSettings(bucket);
        foreach (var name in Names)
        {
            var ops = FreePorts.Next();
            Ops.Add(ops);
            var settings = new Dictionary<string, string>(common.Concat(special))
            {
                [$"{name}__Component__Secret"] = Suite.Secret,
                [$"{name}__Rpc__Listen"] = $"127.0.0.1:{Rpc[name]}",
                [$"{name}__Http__Listen"] = $"127.0.0.1:{Web[name]}",
                [$"{name}__Ops__Listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{ops}"),
            };
            _processes.Add(ServiceProcess.Start(name, $"{Suite.Subdomains[name]}.{Domain}", Database, componentPort,
                [.. settings.Select(s => (s.Key, s.Value))]));
        }
        await UntilReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_processes.Select(process => process.StopAsync()));
        foreach (var process in _processes) process.Dispose();
        await Task.WhenAll(Broker.DisposeAsync().AsTask(), _coturn.DisposeAsync().AsTask());
        Files.Delete(recursive: true);
    }

    private DirectoryInfo Files { get; } = Directory.CreateTempSubdirectory("annex-five-");

    private Dictionary<string, string> SpecialSettings(Dictionary<string, string?> bucket)
    {
        var turn = _coturn.Port.ToString(CultureInfo.InvariantCulture);
        var all = bucket.ToDictionary(pair => pair.Key.Replace(":", "__", StringComparison.Ordinal), pair => pair.Value ?? "");
        all["Upload__Store"] = "S3";
        all["Push__Delivery__MinInterval"] = "00:00:01";
        all["Push__AllowLoopbackEndpoints"] = "true";
        all["Push__EncryptionKeyFile"] = Path.Combine(Files.FullName, "push.keys");
        all["Push__WebPush__KeyFiles__0"] = Path.Combine(Files.FullName, "vapid.pem");
        all["TurnDiscovery__Secrets__0__Secret"] = _coturn.Secret;
        all["TurnDiscovery__Services__0__Type"] = "turn";
        all["TurnDiscovery__Services__0__Host"] = "127.0.0.1";
        all["TurnDiscovery__Services__0__Port"] = turn;
        all["TurnDiscovery__Services__0__Transport"] = "udp";
        return all;
    }

    private async Task UntilReadyAsync()
    {
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        for (var i = 0; i < Names.Length; i++)
        {
            while (!await IsReadyAsync(http, Ops[i]))
            {
                if (_processes[i].HasExited || limit.IsCancellationRequested)
                    throw new InvalidOperationException($"{Names[i]} is not ready.\n{_processes[i].Log}");
                await timer.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, int port)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
