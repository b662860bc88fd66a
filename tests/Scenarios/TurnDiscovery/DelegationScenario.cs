using Xunit;

namespace Annex.Scenarios.TurnDiscovery;

/// <summary>XEP-0355 as Prosody (:2) and ejabberd (:1) speak it, for requests to the server's own domain.</summary>
public sealed class DelegationScenario : IAsyncLifetime
{
    private const string Services = "<services xmlns='urn:xmpp:extdisco:2' type='turn'/>";
    private const string Turn = "<service host='relay.shakespeare.lit' port='...' transport='...' type='turn' "
        + "username='...' password='...' expires='...' restricted='true'/>";

    private TurnStage _stage = null!;

    public async Task InitializeAsync() => _stage = await TurnStage.StartAsync();

    public Task DisposeAsync() => _stage.DisposeAsync().AsTask();

    // T1: both servers ask for what they are to advertise, each in its own version of the namespace.
    [Theory]
    [InlineData("urn:xmpp:delegation:2::urn:xmpp:extdisco:2", "urn:xmpp:extdisco:2")]
    [InlineData("urn:xmpp:delegation:2:bare:urn:xmpp:extdisco:2", "urn:xmpp:extdisco:2")]
    [InlineData("urn:xmpp:delegation:1::urn:xmpp:extdisco:1", "urn:xmpp:extdisco:1")]
    [InlineData("urn:xmpp:delegation:1:bare:urn:xmpp:extdisco:1", "urn:xmpp:extdisco:1")]
    public async Task The_server_asks_what_it_shall_advertise(string node, string feature)
    {
        await _stage.Server.Send($"<iq from='shakespeare.lit' to='turn.shakespeare.lit' type='get' id='1'><query xmlns='http://jabber.org/protocol/disco#info' node='{node}'/></iq>");
        await _stage.Server.Expect($"""
            <iq from='turn.shakespeare.lit' to='shakespeare.lit' type='result' id='1'>
              <query xmlns='http://jabber.org/protocol/disco#info' node='{node}'><feature var='{feature}'/></query>
            </iq>
            """);
    }

    [Fact]
    public async Task A_namespace_that_is_not_ours_is_not_taken()
    {
        await _stage.Server.Send("<iq from='shakespeare.lit' to='turn.shakespeare.lit' type='get' id='1'><query xmlns='http://jabber.org/protocol/disco#info' node='urn:xmpp:delegation:2::urn:xmpp:mam:2'/></iq>");
        await _stage.Server.Expect("<iq from='turn.shakespeare.lit' to='shakespeare.lit' type='error' id='1'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error></iq>");
    }

    // T2, T11: to the domain, to the own account, to nobody (Prosody), in both versions.
    [Theory]
    [InlineData("urn:xmpp:delegation:2", "to='shakespeare.lit'", "from='shakespeare.lit'")]
    [InlineData("urn:xmpp:delegation:1", "to='shakespeare.lit'", "from='shakespeare.lit'")]
    [InlineData("urn:xmpp:delegation:1", "to='bard@shakespeare.lit'", "from='bard@shakespeare.lit'")]
    [InlineData("urn:xmpp:delegation:2", "", "")]
    public async Task A_request_that_the_server_hands_on_is_answered_in_its_own_form(string version, string to, string from)
    {
        await _stage.Delegate($"<iq xmlns='jabber:client' from='bard@shakespeare.lit/globe' {to} type='get' id='&lt;i&apos;d&quot;&amp;>'>{Services}</iq>", version);
        await _stage.ExpectDelegated($"""
            <iq xmlns='jabber:client' {from} to='bard@shakespeare.lit/globe' type='result' id='&lt;i&apos;d&quot;&amp;>'>
              <services xmlns='urn:xmpp:extdisco:2' type='turn'>{Turn}{Turn}</services>
            </iq>
            """, version);
    }

    // T11: Prosody drops an answer with white space between the elements, and the client waits for ever.
    [Fact]
    public async Task Not_a_space_stands_between_the_elements()
    {
        await _stage.Delegate($"<iq xmlns='jabber:client' from='bard@shakespeare.lit/globe' to='shakespeare.lit' type='get' id='1'>{Services}</iq>");
        var answer = await _stage.Server.Expect("<iq from='turn.shakespeare.lit' type='result' id='outer'>...</iq>");
        Assert.All(answer.DescendantNodes(), node => Assert.NotEqual(System.Xml.XmlNodeType.Text, node.NodeType));
    }

    // T8: no server filters the inner sender.
    [Theory]
    [InlineData("romeo@montague.lit/orchard")]
    [InlineData("muc.shakespeare.lit")]
    [InlineData("room@muc.shakespeare.lit/nick")]
    [InlineData("shakespeare.lit")]
    public async Task A_stranger_behind_the_delegation_is_forbidden(string from)
    {
        await _stage.Delegate($"<iq xmlns='jabber:client' from='{from}' to='shakespeare.lit' type='get' id='1'>{Services}</iq>");
        await _stage.ExpectDelegated($"""
            <iq xmlns='jabber:client' from='shakespeare.lit' to='{from}' type='error' id='1'>
              <error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error>
            </iq>
            """);
    }

    // T8: a client that makes up a delegation, with a sender of its invention.
    [Theory]
    [InlineData("bard@shakespeare.lit/globe")]
    [InlineData("bard@shakespeare.lit")]
    [InlineData("montague.lit")]
    [InlineData("muc.shakespeare.lit")]
    public async Task Only_the_server_itself_delegates(string outer)
    {
        var liar = _stage.Server.User(outer);
        await _stage.Delegate($"<iq xmlns='jabber:client' from='bard@shakespeare.lit/globe' to='shakespeare.lit' type='get' id='1'>{Services}</iq>", from: outer);
        var error = await liar.Expect("<iq from='turn.shakespeare.lit' type='error' id='outer'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error></iq>");
        Assert.DoesNotContain("password", error.ToString(), StringComparison.Ordinal);
    }

    // T10: the same for an account that exists and one that does not; we cannot tell them apart, and nobody learns from us.
    [Theory]
    [InlineData("kit@shakespeare.lit")]
    [InlineData("nobody@shakespeare.lit")]
    [InlineData("bard@shakespeare.lit/other")]
    [InlineData("montague.lit")]
    [InlineData("@@@")]
    public async Task Another_ones_account_is_not_there(string to)
    {
        await _stage.Delegate($"<iq xmlns='jabber:client' from='bard@shakespeare.lit/globe' to='{to}' type='get' id='1'>{Services}</iq>");
        await _stage.ExpectDelegated($"""
            <iq xmlns='jabber:client' from='{to}' to='bard@shakespeare.lit/globe' type='error' id='1'>
              <error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>
            </iq>
            """);
    }

    // T12
    [Theory]
    [InlineData("")]
    [InlineData("<iq xmlns='jabber:client' type='get' id='1'/>")]
    [InlineData("<iq xmlns='jabber:client' from='bard@shakespeare.lit/globe' type='get' id='1'/>")]
    [InlineData("<iq xmlns='jabber:client' from='bard@shakespeare.lit/globe' type='get'>" + Services + "</iq>")]
    [InlineData("<iq xmlns='jabber:client' from='bard@shakespeare.lit/globe' type='result' id='1'>" + Services + "</iq>")]
    [InlineData("<iq xmlns='jabber:client' from='bard@shakespeare.lit/globe' type='get' id='1'>" + Services + Services + "</iq>")]
    [InlineData("<message xmlns='jabber:client' from='bard@shakespeare.lit/globe' id='1'>" + Services + "</message>")]
    public async Task A_malformed_delegation_is_a_bad_request(string inner)
    {
        await _stage.Delegate(inner);
        await _stage.Server.Expect("<iq from='turn.shakespeare.lit' type='error' id='outer'><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error></iq>");
    }

    // T12, T13
    [Theory]
    [InlineData("get", "<delegation xmlns='urn:xmpp:delegation:2'/>", "cancel", "service-unavailable")]
    [InlineData("get", "<query xmlns='jabber:iq:roster'/>", "cancel", "service-unavailable")]
    [InlineData("get", "<frobnicate xmlns='urn:xmpp:extdisco:2'/>", "modify", "bad-request")]
    [InlineData("set", Services, "cancel", "not-allowed")]
    public async Task What_we_do_not_do_is_refused_inside(string type, string payload, string errorType, string condition)
    {
        await _stage.Delegate($"<iq xmlns='jabber:client' from='bard@shakespeare.lit/globe' to='shakespeare.lit' type='{type}' id='1'>{payload}</iq>");
        await _stage.ExpectDelegated($"""
            <iq xmlns='jabber:client' from='shakespeare.lit' to='bard@shakespeare.lit/globe' type='error' id='1'>
              <error type='{errorType}'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error>
            </iq>
            """);
    }

    // T12: within the limit of a stanza, and far more than any client sends.
    [Fact]
    public async Task A_huge_request_is_refused_and_costs_nothing_else()
    {
        var many = string.Concat(Enumerable.Repeat("<service host='relay.shakespeare.lit' type='turn'/>", 9_000));
        await _stage.Delegate($"<iq xmlns='jabber:client' from='bard@shakespeare.lit/globe' to='shakespeare.lit' type='get' id='1'><credentials xmlns='urn:xmpp:extdisco:2'>{many}</credentials></iq>");
        await _stage.ExpectDelegated("""
            <iq xmlns='jabber:client' from='shakespeare.lit' to='bard@shakespeare.lit/globe' type='error' id='1'>
              <error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error>
            </iq>
            """);
        await _stage.Server.ExpectNothing();
    }
}
