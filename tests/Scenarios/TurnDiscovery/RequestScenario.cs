using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Xunit;

namespace Annex.Scenarios.TurnDiscovery;

/// <summary>XEP-0215 §3, asked at the component's own address.</summary>
public sealed class RequestScenario : IAsyncLifetime
{
    private const string Stun = "<service host='relay.shakespeare.lit' port='3478' transport='udp' type='stun'/>";
    private const string TurnUdp = """
        <service host='relay.shakespeare.lit' port='3478' transport='udp' type='turn'
                 username='{name}' password='{password}' expires='2026-11-21T16:00:00Z' restricted='true'/>
        """;
    private const string TurnTcp = """
        <service host='relay.shakespeare.lit' port='3479' transport='tcp' type='turn'
                 username='{name}' password='{password}' expires='2026-11-21T16:00:00Z' restricted='true'/>
        """;
    private const string Turns = """
        <service host='relay.shakespeare.lit' port='5349' transport='tcp' type='turns'
                 username='{name}' password='{password}' expires='2026-11-21T16:00:00Z' restricted='true'/>
        """;
    private const string Ftp = """
        <service host='ftp.shakespeare.lit' port='20' transport='tcp' type='ftp' name='Shakespearean "File" &lt;Server>'
                 username='guest' password='guest&apos;s' restricted='true'/>
        """;

    private TurnStage _stage = null!;

    public async Task InitializeAsync() => _stage = await TurnStage.StartAsync();

    public Task DisposeAsync() => _stage.DisposeAsync().AsTask();

    // §3.1, T2, T7, T22
    [Theory]
    [InlineData("urn:xmpp:extdisco:2")]
    [InlineData("urn:xmpp:extdisco:1")]
    public async Task An_entity_requests_all_external_services(string ns)
    {
        await _stage.Bard.Send($"<iq id='ul2bc7y6' to='turn.shakespeare.lit' type='get'><services xmlns='{ns}'/></iq>");
        await _stage.Bard.Expect($"""
            <iq from='turn.shakespeare.lit' id='ul2bc7y6' type='result'>
              <services xmlns='{ns}'>{Stun}{TurnUdp}{TurnTcp}{Turns}{Ftp}</services>
            </iq>
            """);
    }

    // Movim takes the first stun and the first turn; both are the ones over UDP.
    [Fact]
    public async Task The_best_comes_first()
    {
        await _stage.Bard.Send("<iq id='1' to='turn.shakespeare.lit' type='get'><services xmlns='urn:xmpp:extdisco:2'/></iq>");
        var reply = await _stage.Bard.ExpectReply();
        var kinds = reply.Descendants(XName.Get("service", "urn:xmpp:extdisco:2"))
            .Select(s => $"{s.Attribute("type")?.Value}/{s.Attribute("transport")?.Value}");
        Assert.Equal(["stun/udp", "turn/udp", "turn/tcp", "turns/tcp"], kinds.Where(k => k != "ftp/tcp"));
    }

    // §3.2, T3
    [Fact]
    public async Task An_entity_requests_selected_services()
    {
        await _stage.Bard.Send("<iq id='yv2c19f7' to='turn.shakespeare.lit' type='get'><services xmlns='urn:xmpp:extdisco:2' type='turn'/></iq>");
        await _stage.Bard.Expect($"""
            <iq from='turn.shakespeare.lit' id='yv2c19f7' type='result'>
              <services xmlns='urn:xmpp:extdisco:2' type='turn'>{TurnUdp}{TurnTcp}</services>
            </iq>
            """);
    }

    [Fact]
    public async Task A_type_that_nobody_configured_gives_an_honest_empty_list()
    {
        await _stage.Bard.Send("<iq id='1' to='turn.shakespeare.lit' type='get'><services xmlns='urn:xmpp:extdisco:2' type='gopher'/></iq>");
        await _stage.Bard.Expect("<iq from='turn.shakespeare.lit' id='1' type='result'><services xmlns='urn:xmpp:extdisco:2' type='gopher'/></iq>");
    }

    // §3.3, T4
    [Theory]
    [InlineData("<service host='relay.shakespeare.lit' type='turn'/>", TurnUdp + TurnTcp)]
    [InlineData("<service host='relay.shakespeare.lit' type='turn' port='3479'/>", TurnTcp)]
    [InlineData("<service host='RELAY.shakespeare.lit' type='turn' port='0'/>", TurnUdp + TurnTcp)]
    [InlineData("<service host='relay.shakespeare.lit' type='turns'/><service host='relay.shakespeare.lit' type='turn' port='3478'/>", Turns + TurnUdp)]
    [InlineData("<service host='relay.shakespeare.lit' type='stun'/>", Stun)]
    [InlineData("<service host='nowhere' type='turn'/><service host='relay.shakespeare.lit' type='turns'/>", Turns)]
    public async Task An_entity_requests_credentials(string asked, string told)
    {
        await _stage.Bard.Send($"<iq id='xi2cax48' to='turn.shakespeare.lit' type='get'><credentials xmlns='urn:xmpp:extdisco:2'>{asked}</credentials></iq>");
        await _stage.Bard.Expect($"""
            <iq from='turn.shakespeare.lit' id='xi2cax48' type='result'>
              <credentials xmlns='urn:xmpp:extdisco:2'>{told}</credentials>
            </iq>
            """);
    }

    // §3.3, T4, T13
    [Theory]
    [InlineData("get", "<service host='unknown.shakespeare.lit' type='turn'/>", "cancel", "item-not-found")]
    [InlineData("get", "<service host='relay.shakespeare.lit' type='turn' port='9'/>", "cancel", "item-not-found")]
    [InlineData("get", "<service type='turn'/>", "modify", "bad-request")]
    [InlineData("get", "<service host='relay.shakespeare.lit'/>", "modify", "bad-request")]
    [InlineData("get", "<service host='relay.shakespeare.lit' type='turn' port='-1'/>", "modify", "bad-request")]
    [InlineData("get", "<service host='relay.shakespeare.lit' type='turn' port='99999'/>", "modify", "bad-request")]
    [InlineData("get", "", "modify", "bad-request")]
    [InlineData("get", "<other xmlns='urn:x'/>", "modify", "bad-request")]
    [InlineData("set", "<service host='relay.shakespeare.lit' type='turn'/>", "cancel", "not-allowed")]
    public async Task Credentials_that_cannot_be_had(string type, string asked, string errorType, string condition)
    {
        await _stage.Bard.Send($"<iq id='1' to='turn.shakespeare.lit' type='{type}'><credentials xmlns='urn:xmpp:extdisco:2'>{asked}</credentials></iq>");
        await _stage.Bard.Expect($"""
            <iq from='turn.shakespeare.lit' id='1' type='error'>
              <error type='{errorType}'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error>
            </iq>
            """);
    }

    // T13
    [Fact]
    public async Task Services_cannot_be_set()
    {
        await _stage.Bard.Send("<iq id='1' to='turn.shakespeare.lit' type='set'><services xmlns='urn:xmpp:extdisco:2'/></iq>");
        await _stage.Bard.Expect("<iq from='turn.shakespeare.lit' id='1' type='error'><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error></iq>");
    }

    // T5, T6
    [Fact]
    public async Task The_user_name_holds_the_expiry_and_the_password_is_its_hmac()
    {
        await _stage.Bard.Send("<iq id='1' to='turn.shakespeare.lit' type='get'><services xmlns='urn:xmpp:extdisco:2' type='turns'/></iq>");
        var service = (await _stage.Bard.ExpectReply()).Descendants(XName.Get("service", "urn:xmpp:extdisco:2")).Single();

        var username = service.Attribute("username")!.Value;
        var parts = username.Split(':');
        var expiry = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts[0], CultureInfo.InvariantCulture));
        Assert.Equal(_stage.Time.GetUtcNow() + TimeSpan.FromHours(4), expiry);
        Assert.Equal(expiry, DateTimeOffset.Parse(service.Attribute("expires")!.Value, CultureInfo.InvariantCulture));
        Assert.EndsWith("Z", service.Attribute("expires")!.Value, StringComparison.Ordinal);
        Assert.DoesNotContain("bard", username, StringComparison.OrdinalIgnoreCase);
#pragma warning disable CA5350 // as coturn computes it
        var hash = HMACSHA1.HashData(Encoding.UTF8.GetBytes(TurnStage.Secret), Encoding.UTF8.GetBytes(username));
#pragma warning restore CA5350
        Assert.Equal(Convert.ToBase64String(hash), service.Attribute("password")!.Value);
    }

    [Fact]
    public async Task A_user_has_one_pseudonym_in_all_sessions_and_nobody_else_has_it()
    {
        var names = new List<string>();
        foreach (var jid in new[] { "bard@shakespeare.lit/globe", "bard@shakespeare.lit/rose", "kit@shakespeare.lit/rose" })
        {
            var user = _stage.Server.User(jid);
            await user.Send("<iq id='1' to='turn.shakespeare.lit' type='get'><services xmlns='urn:xmpp:extdisco:2' type='turns'/></iq>");
            var reply = await user.ExpectReply();
            names.Add(reply.Descendants(XName.Get("service", "urn:xmpp:extdisco:2")).Single().Attribute("username")!.Value);
        }
        Assert.Equal(names[0], names[1]);
        Assert.NotEqual(names[0], names[2]);
    }

    // T8, T9
    [Theory]
    [InlineData("romeo@montague.lit/orchard")]
    [InlineData("muc.shakespeare.lit")]
    [InlineData("room@muc.shakespeare.lit/nick")]
    [InlineData("shakespeare.lit")]
    [InlineData("bard@sub.shakespeare.lit/globe")]
    [InlineData("bard@shakespeare.lit.evil.example/globe")]
    public async Task Whoever_is_no_user_of_ours_is_forbidden_and_told_nothing(string from)
    {
        var stranger = _stage.Server.User(from);
        foreach (var asked in new[] { "<services xmlns='urn:xmpp:extdisco:2'/>", "<credentials xmlns='urn:xmpp:extdisco:2'><service host='relay.shakespeare.lit' type='turn'/></credentials>" })
        {
            await stranger.Send($"<iq id='1' to='turn.shakespeare.lit' type='get'>{asked}</iq>");
            var error = await stranger.Expect("<iq from='turn.shakespeare.lit' id='1' type='error'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error></iq>");
            Assert.DoesNotContain("password", error.ToString(), StringComparison.Ordinal);
        }
    }

    // T17
    [Fact]
    public async Task One_user_may_not_ask_without_end_and_may_again_later()
    {
        const string ask = "<iq id='1' to='turn.shakespeare.lit' type='get'><services xmlns='urn:xmpp:extdisco:2' type='stun'/></iq>";
        for (var i = 0; i < 30; i++)
        {
            await _stage.Bard.Send(ask);
            await _stage.Bard.Expect("<iq from='turn.shakespeare.lit' id='1' type='result'>...</iq>");
        }
        await _stage.Bard.Send(ask);
        await _stage.Bard.Expect("<iq from='turn.shakespeare.lit' id='1' type='error'><error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error></iq>");
        var other = _stage.Server.User("kit@shakespeare.lit/rose");
        await other.Send(ask);
        await other.Expect("<iq from='turn.shakespeare.lit' id='1' type='result'>...</iq>");

        _stage.Time.Advance(TimeSpan.FromSeconds(1));
        await _stage.Bard.Send(ask);
        await _stage.Bard.Expect("<iq from='turn.shakespeare.lit' id='1' type='result'>...</iq>");
    }

    // T18
    [Fact]
    public async Task No_secret_is_logged()
    {
        await _stage.Bard.Send("<iq id='1' to='turn.shakespeare.lit' type='get'><services xmlns='urn:xmpp:extdisco:2'/></iq>");
        var reply = await _stage.Bard.ExpectReply();
        var password = reply.Descendants(XName.Get("service", "urn:xmpp:extdisco:2")).First(s => s.Attribute("type")?.Value == "turn")
            .Attribute("password")!.Value;
        Assert.NotEmpty(_stage.Log);
        foreach (var secret in new[] { TurnStage.Secret, "it-is-the-east", "guest's", password })
            Assert.DoesNotContain(secret, _stage.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_component_says_what_it_is()
    {
        await _stage.Bard.Send("<iq id='1' to='turn.shakespeare.lit' type='get'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>");
        await _stage.Bard.Expect("""
            <iq from='turn.shakespeare.lit' id='1' type='result'>
              <query xmlns='http://jabber.org/protocol/disco#info'>
                <identity category='component' type='generic' name='TURN discovery'/>
                <feature var='urn:xmpp:extdisco:1'/><feature var='urn:xmpp:extdisco:2'/>...
              </query>
            </iq>
            """);
    }
}
