using System.Globalization;
using Annex.Hosting.Web;
using Annex.Testing.Servers;
using Xunit;

namespace Annex.Interop.Clients;

/// <summary>The assertions of <c>./run --check</c>, by real clients, against the operators' own snippets on both servers,
/// with all services in one process.</summary>
public sealed class CheckTests
{
    private static readonly Dictionary<string, string> Accounts = new()
    {
        ["admin"] = "password-of-admin",
        ["ann"] = "password-of-ann",
        ["bea"] = "password-of-bea",
        ["cat"] = "password-of-cat",
    };

    private static readonly XmppServerOptions Options = new() { Users = Accounts, SnippetSecret = Suite.Secret };

    [Fact]
    public async Task Real_clients_use_every_service_through_Prosody_with_the_snippet()
    {
        await using var server = await ProsodyServer.StartAsync(Options);
        await DriveAsync("prosody", server.ClientPort, server.ComponentPort);
    }

    [Fact]
    public async Task Real_clients_use_every_service_through_ejabberd_with_the_snippet()
    {
        await using var server = await EjabberdServer.StartAsync(Options);
        await DriveAsync("ejabberd", server.ClientPort, server.ComponentPort);
    }

    private static async Task DriveAsync(string server, int clientPort, int componentPort)
    {
        var changes = new Dictionary<string, string?>
        {
            ["Admins:0"] = "admin@annex.test",
            ["Push:AllowLoopbackEndpoints"] = "true",
            ["Push:Delivery:MinInterval"] = "00:00:01",
        };
        await using var suite = await Suite.StartAsync("annex.test", componentPort, changes: changes);
        await suite.WaitUntilConnectedAsync([.. suite.Components]);

        var (exitCode, output) = await PythonProgram.RunAsync(
            "deploy/run/check.py",
            [
                "--round", "host", "--server", server, "--domain", "annex.test",
                "--port", clientPort.ToString(CultureInfo.InvariantCulture),
                "--services", string.Join(',', suite.Components.Select(c => Suite.Subdomains[c])),
                "--operators", suite.AddressOf("Muc", ListenerKind.Ops).Port.ToString(CultureInfo.InvariantCulture),
                "--accounts", string.Join(' ', Accounts.Select(a => $"{a.Key}:{a.Value}")),
                .. Addresses(suite),
            ],
            TimeSpan.FromMinutes(5));

        Assert.True(exitCode == 0, output + string.Join(Environment.NewLine, suite.Log.All));
    }

    /// <summary>Where the services listen for calls and for users, as <c>--rpc muc=http://…</c> and <c>--web upload=…</c>.</summary>
    private static IEnumerable<string> Addresses(Suite suite)
    {
        foreach (var (service, name) in Suite.Subdomains)
        {
            if (suite.FindAddress(service, ListenerKind.Rpc) is { } rpc)
            {
                yield return "--rpc";
                yield return $"{name}={rpc.Authority}";
            }

            if (suite.FindAddress(service, ListenerKind.Http) is { } web)
            {
                yield return "--web";
                yield return $"{name}={web.Authority}";
            }
        }
    }
}
