using System.Diagnostics;
using System.Globalization;
using Annex.Testing.Servers;
using Annex.TurnDiscovery.Credentials;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Interop.TurnDiscovery;

public sealed class TurnOnProsodyTests : TurnOnServersTests
{
    private ProsodyServer _server = null!;

    protected override int ClientPort => _server.ClientPort;

    protected override int ComponentPort => _server.ComponentPort;

    /// <summary>Prosody lets one in at a time.</summary>
    [Fact]
    public async Task When_the_first_of_two_instances_ends_the_second_takes_over()
    {
        await using var coturn = await CoturnServer.StartAsync("north");
        var first = await AttachedTurn.StartAsync(ComponentPort, coturn);
        await UntilAnsweredAsync();
        await using var second = await AttachedTurn.StartAsync(ComponentPort, coturn, LinkState.Standby);

        await first.DisposeAsync();

        await UntilAnsweredAsync();
        Assert.True(second.Connection.IsConnected);
    }

    protected override async Task StartServerAsync() => _server = await ProsodyServer.StartAsync(AttachedTurn.ServerOptions);

    protected override Task RestartServerAsync() => _server.RestartAsync();

    protected override ValueTask StopServerAsync() => _server.DisposeAsync();
}

public sealed class TurnOnEjabberdTests : TurnOnServersTests
{
    private EjabberdServer _server = null!;

    protected override int ClientPort => _server.ClientPort;

    protected override int ComponentPort => _server.ComponentPort;

    /// <summary>ejabberd removes the delegation for all when one connection of the component ends.</summary>
    [Fact]
    public async Task When_one_of_two_instances_ends_the_survivor_restores_the_delegation()
    {
        await using var coturn = await CoturnServer.StartAsync("north");
        await using var first = await AttachedTurn.StartAsync(ComponentPort, coturn);
        await UntilAnsweredAsync();
        var second = await AttachedTurn.StartAsync(ComponentPort, coturn);
        await UntilAnsweredAsync();

        await second.DisposeAsync();

        await UntilAnsweredAsync();
    }

    protected override async Task StartServerAsync() => _server = await EjabberdServer.StartAsync(AttachedTurn.ServerOptions);

    protected override Task RestartServerAsync() => _server.RestartAsync();

    protected override ValueTask StopServerAsync() => _server.DisposeAsync();
}

/// <summary>T1 to T20 on a real server, with a real client and a real TURN server.</summary>
public abstract class TurnOnServersTests : IAsyncLifetime
{
    private const string Services = "<services xmlns='urn:xmpp:extdisco:2'/>";
    private const string Turn = "<services xmlns='urn:xmpp:extdisco:2' type='turn'/>";
    private const string Info = "<query xmlns='http://jabber.org/protocol/disco#info'/>";

    /// <summary>Not a measure of speed: when a test that has failed already says so.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    protected abstract int ClientPort { get; }

    protected abstract int ComponentPort { get; }

    public Task InitializeAsync() => StartServerAsync();

    public async Task DisposeAsync() => await StopServerAsync();

    // T1, T2, T3, T11
    [Fact]
    public async Task A_client_asks_its_own_server_in_every_form()
    {
        await using var coturn = await CoturnServer.StartAsync("north");
        await using var turn = await AttachedTurn.StartAsync(ComponentPort, coturn);
        await UntilAnsweredAsync();

        var credentials = $"<credentials xmlns='urn:xmpp:extdisco:2'><service host='127.0.0.1' type='turn' port='{coturn.Port}'/></credentials>";
        var answers = await AttachedTurn.AskAsync(ClientPort, "ann",
            ("annex.test", "get", Info), ("ann@annex.test", "get", Info),
            ("annex.test", "get", Services), ("ann@annex.test", "get", Services), (null, "get", Services),
            ("annex.test", "get", "<services xmlns='urn:xmpp:extdisco:1'/>"), ("annex.test", "get", Turn),
            ("annex.test", "get", credentials), ("turn.annex.test", "get", Services));

        Assert.Contains("urn:xmpp:extdisco:2", answers[0].Features);
        Assert.Contains("urn:xmpp:extdisco:1", answers[0].Features);
        Assert.Contains("urn:xmpp:extdisco:2", answers[1].Features);
        Assert.All(answers, answer => Assert.Equal("result", answer.Type));
        foreach (var index in new[] { 2, 3, 4, 5, 8 })
            Assert.Equal(["stun", "turn", "turn"], answers[index].Services.Select(s => s.Attribute("type")!.Value));
        Assert.Equal("turn", answers[6].Iq!.Elements().First().Attribute("type")?.Value);
        Assert.Equal(2, answers[6].Services.Count);
        Assert.Equal(2, answers[7].Services.Count);
    }

    // T5: the credential opens a real allocation; with one character changed, and after its expiry, it does not.
    [Fact]
    public async Task A_credential_opens_an_allocation_and_a_changed_or_expired_one_does_not()
    {
        await using var coturn = await CoturnServer.StartAsync("north");
        await using var turn = await AttachedTurn.StartAsync(ComponentPort, coturn);
        await UntilAnsweredAsync();
        var answer = (await AttachedTurn.AskAsync(ClientPort, "ann", ("annex.test", "get", Turn)))[0];
        var service = answer.Services[0];
        var (username, password) = (service.Attribute("username")!.Value, service.Attribute("password")!.Value);

        Assert.True(await OpensAsync(coturn.Port, username, password));
        Assert.False(await OpensAsync(coturn.Port, username, (password[0] == 'A' ? 'B' : 'A') + password[1..]));
        Assert.False(await OpensAsync(coturn.Port, username + "x", password));
        var expired = CredentialIssuer.Sign(new TurnSecret("north", null), "someone", DateTimeOffset.UtcNow.AddSeconds(-1));
        Assert.False(await OpensAsync(coturn.Port, expired.Username, expired.Password));
    }

    // T8, T9, T10, T12, T13
    [Fact]
    public async Task Who_may_not_ask_is_refused_and_existing_and_missing_users_look_the_same()
    {
        await using var coturn = await CoturnServer.StartAsync("north");
        await using var turn = await AttachedTurn.StartAsync(ComponentPort, coturn);
        await UntilAnsweredAsync();

        var answers = await AttachedTurn.AskAsync(ClientPort, "ann",
            ("ben@annex.test", "get", Services), ("nobody@annex.test", "get", Services), ("annex.test", "set", Services));
        Assert.Equal("service-unavailable", answers[0].Condition);
        Assert.Equal(answers[0].Condition, answers[1].Condition);
        Assert.Equal("error", answers[2].Type);
        Assert.All(answers, answer => Assert.Empty(answer.Services));

        // Another component of the same server: it may write any sender of its own domain, and servers hand that on.
        await using var evil = new ComponentConnection(
            new ComponentOptions { Port = ComponentPort, Jid = "search.annex.test", Secret = AttachedTurn.ComponentSecret },
            new StanzaRouter());
        evil.Start();
        using var limit = new CancellationTokenSource(Patience);
        await evil.WaitForStateAsync(LinkState.Up, limit.Token);
        foreach (var to in new[] { "annex.test", "turn.annex.test" })
        {
            var reply = await evil.Iqs.AskAsync(Jid.Parse(to), StanzaType.Get, Element.Parse(Services),
                from: Jid.Parse("mallory@search.annex.test/x"), cancellationToken: limit.Token);
            Assert.Equal("error", reply["type"]);
            Assert.NotNull(reply.Child("error")!.Child("forbidden", Namespaces.StanzaErrors));
            Assert.DoesNotContain("password", reply.ToString(), StringComparison.Ordinal);
        }
    }

    // T14
    [Fact]
    public async Task A_dead_TURN_server_is_left_out_and_comes_back()
    {
        await using var coturn = await CoturnServer.StartAsync("north");
        await using var turn = await AttachedTurn.StartAsync(ComponentPort, coturn);
        await UntilAnsweredAsync();

        await coturn.KillAsync();
        await UntilAsync(() => turn.Services.All(s => !s.Health.IsHealthy));
        var down = (await AttachedTurn.AskAsync(ClientPort, "ann", ("annex.test", "get", Services)))[0];
        Assert.Equal("service-unavailable", down.Condition);

        await coturn.StartAgainAsync();
        await UntilAsync(() => turn.Services.All(s => s.Health.IsHealthy));
        var up = (await AttachedTurn.AskAsync(ClientPort, "ann", ("annex.test", "get", Services)))[0];
        Assert.Equal(3, up.Services.Count);
    }

    // T14: it answers, but with another secret it is of no use.
    [Fact]
    public async Task A_TURN_server_with_another_secret_is_left_out()
    {
        await using var coturn = await CoturnServer.StartAsync("north");
        await using var turn = await AttachedTurn.StartAsync(ComponentPort, coturn, ("TurnDiscovery:Secrets:0:Secret", "south"));
        await UntilAsync(() => turn.Services.Count(s => !s.Health.IsHealthy) == 2);
        Assert.True(turn.Services[0].Health.IsHealthy);
        Assert.Contains("401", turn.Services[1].Health.Problem, StringComparison.Ordinal);
    }

    // T15: the newest secret is not on the server yet: the one before it signs, and its credentials work.
    [Fact]
    public async Task During_a_rotation_the_newest_secret_that_the_server_knows_signs()
    {
        await using var coturn = await CoturnServer.StartAsync("north");
        await using var turn = await AttachedTurn.StartAsync(ComponentPort, coturn,
            ("TurnDiscovery:Secrets:0:Secret", "brand-new"), ("TurnDiscovery:Secrets:1:Secret", "north"));
        await UntilAsync(() => turn.Services.Skip(1).All(s => s.Health.CheckedAt is not null));
        await UntilAnsweredAsync();
        var service = (await AttachedTurn.AskAsync(ClientPort, "ann", ("annex.test", "get", Turn)))[0].Services[0];
        Assert.True(await OpensAsync(coturn.Port, service.Attribute("username")!.Value, service.Attribute("password")!.Value));
    }

    // T20
    [Fact]
    public async Task A_restart_of_the_server_or_of_the_service_restores_the_delegation()
    {
        await using var coturn = await CoturnServer.StartAsync("north");
        await using (var turn = await AttachedTurn.StartAsync(ComponentPort, coturn))
        {
            await UntilAnsweredAsync();
            await RestartServerAsync();
            await UntilAnsweredAsync();
        }
        await using var again = await AttachedTurn.StartAsync(ComponentPort, coturn);
        await UntilAnsweredAsync();
    }

    protected abstract Task StartServerAsync();

    protected abstract Task RestartServerAsync();

    protected abstract ValueTask StopServerAsync();

    /// <summary>Until a client's request to its server is answered with services.</summary>
    protected async Task UntilAnsweredAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            limit.Token.ThrowIfCancellationRequested();
            var answers = await AttachedTurn.AskAsync(ClientPort, "ben", ("annex.test", "get", Info), ("annex.test", "get", Services));
            if (answers[0].Features.Contains("urn:xmpp:extdisco:2") && answers[1].Services.Count > 0)
                return;
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition())
            await Task.Delay(20, limit.Token);
    }

    private static async Task<bool> OpensAsync(int port, string username, string password)
    {
        var start = new ProcessStartInfo("turnutils_uclient",
            ["-y", "-n", "2", "-m", "1", "-p", port.ToString(CultureInfo.InvariantCulture), "-u", username, "-w", password,
             "-L", "127.0.0.1", "127.0.0.1"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode == 0 && !(await output + await errors).Contains("Cannot complete Allocation", StringComparison.Ordinal);
    }
}
