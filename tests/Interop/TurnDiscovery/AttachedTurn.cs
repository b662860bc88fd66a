using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Annex.Hosting;
using Annex.Testing.Servers;
using Annex.TurnDiscovery;
using Annex.TurnDiscovery.Credentials;
using Annex.Xmpp.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Annex.Interop.TurnDiscovery;

/// <summary>The service as an operator runs it: attached to a real server with the published snippet, a real coturn behind it,
/// and neither database nor bus.</summary>
internal sealed class AttachedTurn : IAsyncDisposable
{
    public const string ComponentSecret = "the-secret-of-the-tests";

    private readonly WebApplication _app;

    private AttachedTurn(WebApplication app) => _app = app;

    public IReadOnlyList<ExternalService> Services => _app.Services.GetRequiredService<ServiceDesk>().Services;

    public ComponentConnection Connection => _app.Services.GetRequiredKeyedService<ComponentConnection>(TurnDiscoveryService.Name);

    public static XmppServerOptions ServerOptions { get; } = new()
    {
        Users = new Dictionary<string, string> { ["ann"] = "secret", ["ben"] = "secret" },
        SnippetSecret = ComponentSecret,
    };

    public static Task<AttachedTurn> StartAsync(int componentPort, CoturnServer coturn, params (string Key, string Value)[] changes) =>
        StartAsync(componentPort, coturn, LinkState.Up, changes);

    /// <param name="until">The state of the component that is waited for.</param>
    public static async Task<AttachedTurn> StartAsync(
        int componentPort, CoturnServer coturn, LinkState until, params (string Key, string Value)[] changes)
    {
        var turnPort = coturn.Port.ToString(CultureInfo.InvariantCulture);
        var settings = new Dictionary<string, string?>
        {
            ["LocalDomains"] = "annex.test",
            ["TurnDiscovery:Component:Jid"] = "turn.annex.test",
            ["TurnDiscovery:Component:Secret"] = ComponentSecret,
            ["TurnDiscovery:Component:Port"] = componentPort.ToString(CultureInfo.InvariantCulture),
            ["TurnDiscovery:Rpc:Listen"] = "127.0.0.1:0",
            ["TurnDiscovery:Ops:Listen"] = "127.0.0.1:0",
            ["TurnDiscovery:Http:Listen"] = "127.0.0.1:0",
            ["TurnDiscovery:Health:Interval"] = "00:00:01",
            ["TurnDiscovery:Health:Timeout"] = "00:00:02",
            ["TurnDiscovery:DelegationCheck"] = "00:00:01",
            ["TurnDiscovery:Secrets:0:Secret"] = coturn.Secret,
            ["TurnDiscovery:Services:0:Type"] = "stun",
            ["TurnDiscovery:Services:0:Host"] = "127.0.0.1",
            ["TurnDiscovery:Services:0:Port"] = turnPort,
            ["TurnDiscovery:Services:1:Type"] = "turn",
            ["TurnDiscovery:Services:1:Host"] = "127.0.0.1",
            ["TurnDiscovery:Services:1:Port"] = turnPort,
            ["TurnDiscovery:Services:2:Type"] = "turn",
            ["TurnDiscovery:Services:2:Host"] = "127.0.0.1",
            ["TurnDiscovery:Services:2:Port"] = turnPort,
            ["TurnDiscovery:Services:2:Transport"] = "tcp",
        };
        foreach (var (key, value) in changes)
            settings[key] = value;
        var app = AnnexApplication.Build([], settings, TurnDiscoveryService.Definition);
        await app.StartAsync();
        var attached = new AttachedTurn(app);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await attached.Connection.WaitForStateAsync(until, limit.Token);
        return attached;
    }

    /// <summary>Sends iqs as a real client: (to or null, type, payload).</summary>
    public static async Task<IReadOnlyList<ClientAnswer>> AskAsync(int clientPort, string user, params (string? To, string Type, string Payload)[] iqs)
    {
        string[] arguments =
        [
            clientPort.ToString(CultureInfo.InvariantCulture), $"{user}@annex.test", "secret",
            .. iqs.Select(iq => JsonSerializer.Serialize(new[] { iq.To, iq.Type, iq.Payload })),
        ];
        var (exitCode, output) = await PythonProgram.RunAsync(
            "tests/Interop/TurnDiscovery/python/extdisco_client.py", arguments, TimeSpan.FromMinutes(2));
        var answers = output.Split('\n').Where(l => l.StartsWith('{')).Select(ClientAnswer.Parse).ToList();
        if (exitCode != 0 || answers.Count != iqs.Length)
            throw new InvalidOperationException($"The client ended with {exitCode}: {output}");
        return answers;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>What the client got.</summary>
internal sealed record ClientAnswer(string Type, XElement? Iq)
{
    private static readonly XNamespace Errors = "urn:ietf:params:xml:ns:xmpp-stanzas";

    public string? Condition => Iq?.Descendants().FirstOrDefault(e => e.Name.Namespace == Errors)?.Name.LocalName;

    public IReadOnlyList<XElement> Services => Iq is null ? [] : [.. Iq.Descendants().Where(e => e.Name.LocalName == "service")];

    public IReadOnlyList<string> Features =>
        Iq is null ? [] : [.. Iq.Descendants().Where(e => e.Name.LocalName == "feature").Select(e => e.Attribute("var")!.Value)];

    public static ClientAnswer Parse(string line)
    {
        using var json = JsonDocument.Parse(line);
        var type = json.RootElement.GetProperty("type").GetString()!;
        return new ClientAnswer(type, json.RootElement.TryGetProperty("xml", out var xml) ? XElement.Parse(xml.GetString()!) : null);
    }
}
