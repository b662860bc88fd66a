using Annex.TurnDiscovery.Credentials;
using Xunit;

namespace Annex.Scenarios.TurnDiscovery;

/// <summary>What users are told while servers are down (T14), pushes (XEP-0215 §3.2, T19), and what operators see.</summary>
public sealed class HealthScenario
{
    private const string AskTurn = "<iq id='1' to='turn.shakespeare.lit' type='get'><services xmlns='urn:xmpp:extdisco:2' type='turn'/></iq>";
    private const string AskAll = "<iq id='1' to='turn.shakespeare.lit' type='get'><services xmlns='urn:xmpp:extdisco:2'/></iq>";
    private const string Unavailable = """
        <iq from='turn.shakespeare.lit' id='1' type='error'>
          <error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error>
        </iq>
        """;

    [Fact]
    public async Task A_server_that_is_down_is_left_out()
    {
        await using var stage = await TurnStage.StartAsync();
        Fail(stage, 1);
        await stage.Bard.Send(AskTurn);
        await stage.Bard.Expect("""
            <iq from='turn.shakespeare.lit' id='1' type='result'>
              <services xmlns='urn:xmpp:extdisco:2' type='turn'>
                <service host='relay.shakespeare.lit' port='3479' transport='tcp' type='turn'
                         username='...' password='...' expires='...' restricted='true'/>
              </services>
            </iq>
            """);
    }

    [Fact]
    public async Task With_every_TURN_server_down_there_is_an_error_and_no_empty_success()
    {
        await using var stage = await TurnStage.StartAsync();
        Fail(stage, 1, 2, 3);
        foreach (var ask in new[] { AskTurn, AskAll })
        {
            await stage.Bard.Send(ask);
            await stage.Bard.Expect(Unavailable);
        }
        await stage.Bard.Send("<iq id='1' to='turn.shakespeare.lit' type='get'><credentials xmlns='urn:xmpp:extdisco:2'><service host='relay.shakespeare.lit' type='turn'/></credentials></iq>");
        await stage.Bard.Expect("""
            <iq from='turn.shakespeare.lit' id='1' type='error'>
              <error type='wait'><remote-server-timeout xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error>
            </iq>
            """);
    }

    [Fact]
    public async Task By_choice_STUN_is_told_when_TURN_is_down()
    {
        await using var stage = await TurnStage.StartAsync(("WhenNoneLeft", "StunOnly"), ("Services:4:Type", "stun"), ("Services:4:Username", ""));
        Fail(stage, 1, 2, 3);
        await stage.Bard.Send(AskAll);
        await stage.Bard.Expect("""
            <iq from='turn.shakespeare.lit' id='1' type='result'>
              <services xmlns='urn:xmpp:extdisco:2'>
                <service host='relay.shakespeare.lit' port='3478' transport='udp' type='stun'/>
                <service host='ftp.shakespeare.lit' port='20' transport='udp' type='stun' name='...'/>
              </services>
            </iq>
            """);
        await stage.Bard.Send(AskTurn);
        await stage.Bard.Expect(Unavailable);
    }

    [Fact]
    public async Task A_session_whose_presence_we_have_is_pushed_what_changed()
    {
        await using var stage = await TurnStage.StartAsync();
        await stage.Bard.Send("<presence to='turn.shakespeare.lit'/>");
        await stage.Bard.Send(AskTurn);
        await stage.Bard.Expect("<iq from='turn.shakespeare.lit' id='1' type='result'>...</iq>");

        Fail(stage, 1);
        Fail(stage, 3);
        stage.Pushes.Push(stage.Services[1]);
        stage.Pushes.Push(stage.Services[3]);
        await stage.Bard.Expect("""
            <iq from='turn.shakespeare.lit' type='set' id='{push}'>
              <services xmlns='urn:xmpp:extdisco:2' type='turn'>
                <service action='delete' host='relay.shakespeare.lit' port='3478' transport='udp' type='turn'/>
              </services>
            </iq>
            """);
        await stage.Bard.Send("<iq type='result' id='{push}' to='turn.shakespeare.lit'/>");
        stage.Services[1].Health.Succeeded(stage.Time.GetUtcNow(), TimeSpan.Zero, 0);
        stage.Pushes.Push(stage.Services[1]);
        await stage.Bard.Expect("""
            <iq from='turn.shakespeare.lit' type='set'>
              <services xmlns='urn:xmpp:extdisco:2' type='turn'>
                <service action='add' host='relay.shakespeare.lit' port='3478' transport='udp' type='turn'
                         username='...' password='...' expires='...' restricted='true'/>
              </services>
            </iq>
            """);
        await stage.Bard.ExpectNothing();
    }

    [Fact]
    public async Task Credentials_are_renewed_before_they_expire()
    {
        await using var stage = await TurnStage.StartAsync(("Ttl", "01:00:00"));
        await stage.Bard.Send("<presence to='turn.shakespeare.lit'/>");
        await stage.Bard.Send("<iq id='1' to='turn.shakespeare.lit' type='get'><services xmlns='urn:xmpp:extdisco:2' type='turns'/></iq>");
        await stage.Bard.Expect("<iq from='turn.shakespeare.lit' id='1' type='result'>...</iq>");

        stage.Time.Advance(TimeSpan.FromMinutes(47));
        stage.Pushes.Renew();
        await stage.Bard.ExpectNothing();
        stage.Time.Advance(TimeSpan.FromMinutes(2));
        stage.Pushes.Renew();
        await stage.Bard.ExpectSoon("""
            <iq from='turn.shakespeare.lit' type='set'>
              <services xmlns='urn:xmpp:extdisco:2' type='turns'>
                <service action='modify' host='relay.shakespeare.lit' port='5349' transport='tcp' type='turns'
                         username='...' password='...' expires='...' restricted='true'/>
              </services>
            </iq>
            """);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("<presence to='turn.shakespeare.lit' type='unavailable'/>")]
    [InlineData("<iq type='error' id='push-0' to='turn.shakespeare.lit'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>")]
    public async Task Without_presence_or_understanding_nobody_is_pushed_to(string? goodbye)
    {
        await using var stage = await TurnStage.StartAsync();
        if (goodbye is not null)
            await stage.Bard.Send("<presence to='turn.shakespeare.lit'/>");
        await stage.Bard.Send(AskTurn);
        await stage.Bard.Expect("<iq from='turn.shakespeare.lit' id='1' type='result'>...</iq>");
        if (goodbye is not null)
            await stage.Bard.Send(goodbye);
        await stage.Server.Settle();

        Fail(stage, 1);
        stage.Pushes.Push(stage.Services[1]);

        await stage.Bard.ExpectNothing();
        Assert.Equal(0, stage.Pushes.Count);
    }

    [Fact]
    public async Task Operators_see_the_health_of_their_servers_and_others_do_not()
    {
        await using var stage = await TurnStage.StartAsync();
        const string run = "<iq id='1' to='turn.shakespeare.lit' type='set'><command xmlns='http://jabber.org/protocol/commands' node='urn:annex:turn:health' action='execute'/></iq>";
        var prospero = stage.Server.User("prospero@shakespeare.lit/island");
        await prospero.Send(run);
        var reply = await prospero.Expect("<iq from='turn.shakespeare.lit' id='1' type='result'>...</iq>");
        Assert.Contains("turn relay.shakespeare.lit:3478/udp", reply.ToString(), StringComparison.Ordinal);

        await stage.Bard.Send(run);
        await stage.Bard.Expect("<iq from='turn.shakespeare.lit' id='1' type='error'><error type='cancel'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error></iq>");
    }

    private static void Fail(TurnStage stage, params int[] services)
    {
        foreach (var index in services)
        {
            ServerHealth health = stage.Services[index].Health;
            while (health.IsHealthy)
                health.Failed(stage.Time.GetUtcNow(), "no answer in time");
        }
    }
}
