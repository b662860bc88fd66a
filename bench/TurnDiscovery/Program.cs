using System.Globalization;
using System.Runtime.InteropServices;
using Annex.Hosting;
using Annex.Hosting.Components;
using Annex.TurnDiscovery;
using Annex.TurnDiscovery.Bench;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.DependencyInjection;

// dotnet run -c Release --project bench/TurnDiscovery [-- requests, default 400000]
// Delegated requests for all services (STUN, TURN over UDP, TCP and TLS: four entries, three with credentials) of a thousand
// users, through the whole service: framing, router, checks, signing, answer, outgoing queue. CPU time of all threads counts.
const int users = 1_000;
// A request may allocate this much: four entries with their attributes, user name and password, and the inner iq as a tree.
const double budgetBytes = 13_000;
const double aim = 20_000;

var requests = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 400_000;
var server = new EndlessServer(users);
var settings = new Dictionary<string, string?>
{
    ["LocalDomains"] = "example.org",
    ["TurnDiscovery:Component:Jid"] = "turn.example.org",
    ["TurnDiscovery:Component:Secret"] = "it-is-the-east",
    ["TurnDiscovery:Ops:Listen"] = "127.0.0.1:0",
    ["TurnDiscovery:Rpc:Listen"] = "127.0.0.1:0",
    ["TurnDiscovery:Health:Enabled"] = "false",
    ["TurnDiscovery:DelegationCheck"] = "0s",
    ["TurnDiscovery:Limits:RequestsPerMinute"] = "1000000000",
    ["TurnDiscovery:Limits:Burst"] = "1000000000",
    ["TurnDiscovery:Secrets:0:Secret"] = "such-stuff-as-dreams-are-made-on",
    ["Logging:Level"] = "Warning",
};
string[] services = ["stun", "udp", "turn", "udp", "turn", "tcp", "turns", "tcp"];
for (var i = 0; i < services.Length; i += 2)
{
    settings[$"TurnDiscovery:Services:{i / 2}:Type"] = services[i];
    settings[$"TurnDiscovery:Services:{i / 2}:Transport"] = services[i + 1];
    settings[$"TurnDiscovery:Services:{i / 2}:Host"] = "relay.example.org";
}
await using var app = AnnexApplication.Build([], settings, new AnnexService(TurnDiscoveryService.Name, builder =>
{
    TurnDiscoveryService.Definition.Configure(builder);
    builder.Services.AddKeyedSingleton<ConnectComponent>(
        TurnDiscoveryService.Name, (_, _) => _ => ValueTask.FromResult<Stream>(server));
}));
await app.StartAsync();
var connection = app.Services.GetRequiredKeyedService<ComponentConnection>(TurnDiscoveryService.Name);
await connection.WaitForStateAsync(LinkState.Up, CancellationToken.None);

// The code is compiled, tiered up and its caches filled first.
await server.RunAsync(requests / 4);
GC.Collect();
var (cpuBefore, allocatedBefore, writtenBefore) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(true), server.Written);
await server.RunAsync(requests);
while (connection.WaitingBytes > 0)
    await Task.Yield();
var cpu = Environment.CpuUsage.TotalTime - cpuBefore;
var allocated = GC.GetTotalAllocatedBytes(true) - allocatedBefore;
var written = server.Written - writtenBefore;

var perSecond = requests / cpu.TotalSeconds;
var bytes = (double)allocated / requests;
Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} cores");
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{requests} requests: {cpu.TotalMicroseconds / requests:F1} µs of CPU each, {perSecond:F0} a second on one core, "
    + $"{bytes:F0} bytes allocated each, answers of {(double)written / requests:F0} bytes, {Environment.WorkingSet >> 20} MiB resident"));
if (perSecond < aim)
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  warning: the aim is {aim:F0} a second."));
if (bytes <= budgetBytes)
    return 0;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  FAILED: the budget is {budgetBytes:F0} bytes a request."));
return 1;
