using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Annex.Hosting;
using Annex.Hosting.Components;
using Annex.Push;
using Annex.Push.Delivery;
using Annex.Push.Registrations;
using Annex.Push.Storage;
using Annex.PushLoad;
using Annex.Testing.Scripted;
using Annex.Testing.Servers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

// dotnet run -c Release --project bench/Push [publishes [devices [in flight]]]
// With one in flight it is taking and queueing alone; with as many as there are devices, memory under a network that hangs.
// A real PostgreSQL, a scripted XMPP server over a pipe, an APNs that answers nobody until it is told to. Everything on loopback.
// The figures of CPU are the whole process's: the scripted server and the network's side are in them.
var publishes = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50_000;
var devices = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10_000;
var inFlight = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : devices;
var files = Directory.CreateTempSubdirectory("annex-push-load-");
await using var network = await SlowNetwork.StartAsync();
var postgres = await PostgresServer.SharedAsync();
var server = new ScriptedServer("push.annex.test");
var p8 = Path.Combine(files.FullName, "key.p8");
using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256)) File.WriteAllText(p8, key.ExportPkcs8PrivateKeyPem());
var settings = new Dictionary<string, string?>
{
    ["Database"] = await postgres.CreateDatabaseAsync(),
    ["LocalDomains"] = "annex.test",
    ["Logging:Level"] = "Warning",
    ["Push:Component:Jid"] = server.Component,
    ["Push:Component:Secret"] = server.Secret,
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
var app = AnnexApplication.Build([], settings, new AnnexService("Push", builder =>
{
    builder.Services.AddKeyedSingleton<ConnectComponent>("Push", server.ConnectAsync);
    PushService.Definition.Configure(builder);
}));
await app.StartAsync();
var stream = await server.NextStreamAsync();
await stream.OpenAsync("bench");
await stream.ReadHandshakeAsync("bench", server.Secret);
await stream.WriteAsync("<handshake/>");

var nodes = await RegisterAsync(app.Services, devices);
var results = 0;
var errors = 0;
var expected = int.MaxValue;
var done = new TaskCompletionSource();
_ = Task.Run(async () =>
{
    while (await stream.ReadAsync() is { } piece)
    {
        if (!piece.StartsWith("<iq", StringComparison.Ordinal)) continue;
        if (piece.Contains("type='result'", StringComparison.Ordinal)) results++;
        else if (piece.Contains("type='error'", StringComparison.Ordinal)) errors++;
        if (results + errors >= Volatile.Read(ref expected)) done.TrySetResult();
    }
});

// The first round warms up: what a service compiles in its first seconds is no cost of a publish.
await PublishAsync(publishes / 4);
var cpu = Environment.CpuUsage.TotalTime;
var watch = Stopwatch.StartNew();
await PublishAsync(publishes);
var used = Environment.CpuUsage.TotalTime - cpu;
Console.WriteLine($"{publishes} publishes answered in {watch.Elapsed.TotalSeconds:F2} s: {publishes / watch.Elapsed.TotalSeconds:F0} a second, "
    + $"{used.TotalMicroseconds / publishes:F0} CPU us each (all of this process), {results} results, {errors} errors");

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
stream.Dispose();
await app.StopAsync();
await app.DisposeAsync();
files.Delete(recursive: true);
return errors == 0 ? 0 : 1;

async Task PublishAsync(int count)
{
    (results, errors, done) = (0, 0, new TaskCompletionSource());
    Volatile.Write(ref expected, count);
    var batch = new StringBuilder();
    for (var i = 0; i < count; i++)
    {
        batch.Append("<iq type='set' id='p").Append(i.ToString(CultureInfo.InvariantCulture)).Append(
            "' from='annex.test' to='push.annex.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='")
            .Append(nodes[i % nodes.Length]).Append("'><item>" + "<notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data' type='form'>"
            + "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:push:summary</value></field>"
            + "<field var='message-count'><value>1</value></field><field var='last-message-sender'/>"
            + "<field var='last-message-body'><value>New Message!</value></field></x></notification></item></publish>"
            + "<publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"
            + "<value>http://jabber.org/protocol/pubsub#publish-options</value></field>"
            + "<field var='secret'><value>the-secret</value></field></x></publish-options></pubsub></iq>");
        if (i % 50 != 49) continue;
        // Not further ahead than a server would be: what waits for its answer is bounded.
        while (i - Volatile.Read(ref results) - Volatile.Read(ref errors) > 5_000) await Task.Delay(1);
        await stream.WriteAsync(batch.ToString());
        batch.Clear();
    }
    if (batch.Length > 0) await stream.WriteAsync(batch.ToString());
    await done.Task;
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
