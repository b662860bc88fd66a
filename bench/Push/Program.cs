using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Annex.Hosting;
using Annex.Push;
using Annex.Push.Delivery;
using Annex.Push.Registrations;
using Annex.Push.Storage;
using Annex.PushLoad;
using Annex.Testing.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

// dotnet run -c Release --project bench/Push [publishes [devices [in flight]]]
// With one in flight it is taking and queueing alone; with as many as there are devices, memory under a network that hangs.
// A real PostgreSQL that syncs its commits, the XMPP server's end of a TCP connection, an APNs that answers nobody until it is told to.
// Everything on loopback. The figures of CPU are the whole process's: the server's end and the network's side are in them, PostgreSQL
// is not. With more devices than the service remembers (20,000) each publish has to be looked up.
var publishes = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50_000;
var devices = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10_000;
var inFlight = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : devices;
var files = Directory.CreateTempSubdirectory("annex-push-load-");
await using var network = await SlowNetwork.StartAsync();
await using var postgres = await PostgresServer.StartSyncedAsync();
using var server = new ServerEnd();
var p8 = Path.Combine(files.FullName, "key.p8");
using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256)) File.WriteAllText(p8, key.ExportPkcs8PrivateKeyPem());
var settings = new Dictionary<string, string?>
{
    ["Database"] = await postgres.CreateDatabaseAsync(),
    ["LocalDomains"] = "annex.test",
    ["Logging:Level"] = "Warning",
    ["Push:Component:Jid"] = "push.annex.test",
    ["Push:Component:Secret"] = "it-is-the-east",
    ["Push:Component:Port"] = server.Port.ToString(CultureInfo.InvariantCulture),
    ["Push:Http:Listen"] = "127.0.0.1:0",
    ["Push:Rpc:Listen"] = "127.0.0.1:0",
    ["Push:Ops:Listen"] = "127.0.0.1:0",
    ["Push:EncryptionKeyFile"] = Path.Combine(files.FullName, "push.keys"),
    ["Push:WebPush:KeyFiles"] = Path.Combine(files.FullName, "vapid.pem"),
    ["Push:MaxPublishesPerSecond"] = "1000000",
    ["Push:Delivery:MaxInFlight"] = inFlight.ToString(CultureInfo.InvariantCulture),
    ["Push:Delivery:AnswerWithin"] = "50ms",
    ["Push:Delivery:SendTimeout"] = "00:10:00",
    ["Push:Delivery:Lease"] = "00:20:00",
    ["Push:Apns:app:BundleId"] = "test.app",
    ["Push:Apns:app:TeamId"] = "TEAM",
    ["Push:Apns:app:KeyId"] = "KEY",
    ["Push:Apns:app:KeyFile"] = p8,
    ["Push:Apns:app:Server"] = network.Url,
};
var app = AnnexApplication.Build([], settings, PushService.Definition);
await app.StartAsync();
await server.AcceptAsync("annex.test");

var nodes = (await RegisterAsync(app.Services, devices)).Select(Encoding.ASCII.GetBytes).ToArray();

// The first round warms up: what a service compiles in its first seconds is no cost of a publish.
await server.PublishAsync(publishes / 4, nodes);
var allocated = GC.GetTotalAllocatedBytes();
var cpu = Environment.CpuUsage.TotalTime;
var watch = Stopwatch.StartNew();
await server.PublishAsync(publishes, nodes);
var used = Environment.CpuUsage.TotalTime - cpu;
allocated = GC.GetTotalAllocatedBytes() - allocated;
Console.WriteLine($"{publishes} publishes answered in {watch.Elapsed.TotalSeconds:F2} s: {publishes / watch.Elapsed.TotalSeconds:F0} a second, "
    + $"{used.TotalMicroseconds / publishes:F0} CPU us and {allocated / publishes} bytes allocated each (all of this process), "
    + $"{server.Results} results, {server.Errors} errors");

if (inFlight > 1) await WatchDeliveryAsync();
await app.StopAsync();
await app.DisposeAsync();
files.Delete(recursive: true);
return server.Errors == 0 ? 0 : 1;

async Task WatchDeliveryAsync()
{
    watch.Restart();
    while (network.Waiting < inFlight && watch.Elapsed < TimeSpan.FromMinutes(2)) await Task.Delay(50);
    GC.Collect();
    Console.WriteLine($"{network.Waiting} sends in flight after {watch.Elapsed.TotalSeconds:F1} s more: managed {GC.GetTotalMemory(true) / 1048576.0:F0} MiB, "
        + $"resident {Environment.WorkingSet / 1048576.0:F0} MiB (both sides of every stream)");
    watch.Restart();
    network.Release();
    var worker = app.Services.GetRequiredService<DeliveryWorker>();
    while (worker.InFlight > 0 && watch.Elapsed < TimeSpan.FromMinutes(2)) await Task.Delay(50);
    Console.WriteLine($"released: {network.Taken} delivered and recorded in {watch.Elapsed.TotalSeconds:F1} s");
}

static async Task<string[]> RegisterAsync(IServiceProvider services, int count)
{
    var vault = services.GetRequiredService<TargetVault>();
    var secret = NodeSecrets.Hash("the-secret");
    var nodes = new string[count];
    var contexts = services.GetRequiredService<IDbContextFactory<PushDbContext>>();
    foreach (var bite in Enumerable.Range(0, count).Chunk(1000))
    {
        await using var db = await contexts.CreateDbContextAsync();
        foreach (var i in bite)
        {
            nodes[i] = NodeSecrets.New();
            db.Registrations.Add(new RegistrationRow
            {
                Node = nodes[i],
                SecretHash = secret,
                Owner = $"user{i}@annex.test",
                DeviceKey = RandomNumberGenerator.GetBytes(32),
                Device = "phone",
                Provider = "apns",
                App = "app",
                Target = vault.Close(new PushTarget(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)))),
                RegisteredAt = DateTimeOffset.UtcNow,
            });
        }
        await db.SaveChangesAsync();
    }
    return nodes;
}
