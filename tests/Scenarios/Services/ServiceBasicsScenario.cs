using Annex.Testing;
using Annex.Testing.Scripted;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Contact;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Extensions.Services;
using Annex.Xmpp.Extensions.Version;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Xunit;

namespace Annex.Scenarios.Services;

/// <summary>What every service answers about itself (XEP-0030, 0050, 0092, 0012, 0157, 0199, 0202), over a
/// stream.</summary>
public sealed class ServiceBasicsScenario : IAsyncLifetime
{
    private readonly ScriptedServer _server = new("chat.shakespeare.lit");
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
    private ComponentConnection _connection = null!;
    private ScriptedUser _hag = null!;

    public async Task InitializeAsync()
    {
        var router = new StanzaRouter();
        var basics = new ServiceBasics(_time, new SoftwareVersion("Annex", "0.1.0"))
        {
            Identities = { new Identity("conference", "text", "Macbeth Chat Service") },
            Contact = new ContactAddresses().Set("abuse", "mailto:abuse@shakespeare.lit"),
            Commands = new CommandTable(_time).Add(new Command("announce", "Announce", _ => true, Ask)),
            Elsewhere = (in context) => context.Error(StanzaError.NotAcceptable),
        };
        basics.Register(router);
        _connection = new ComponentConnection(_server.Options, router, _server.ConnectAsync, _time);
        _connection.Start();
        await _server.AcceptAsync();
        // The clock may go on only when the component knows that it is connected.
        await _server.Settle();
        _hag = _server.User("hag66@shakespeare.lit/pda");
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    private static Task<CommandStep> Ask(CommandRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(CommandStep.Ask(
            new DataForm(FormType.Form, "urn:announce", Field.TextSingle("text", null, "Text").Require()),
            (last, _) => Task.FromResult(CommandStep.Done($"Told: {last.Submitted!.Text("text")}"))));

    // XEP-0045 §6.1
    [Fact]
    public async Task A_user_asks_a_service_what_it_is()
    {
        await _hag.Send("""
            <iq id='disco1' to='chat.shakespeare.lit' type='get'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>
            """);
        await _hag.Expect("""
            <iq from='chat.shakespeare.lit' id='disco1' type='result'>
              <query xmlns='http://jabber.org/protocol/disco#info'>
                <identity category='conference' name='Macbeth Chat Service' type='text'/>
                <feature var='http://jabber.org/protocol/commands'/>
                <feature var='http://jabber.org/protocol/disco#info'/>
                <feature var='http://jabber.org/protocol/disco#items'/>
                <feature var='jabber:iq:last'/>
                <feature var='jabber:iq:version'/>
                <feature var='jabber:x:data'/>
                <feature var='urn:xmpp:ping'/>
                <feature var='urn:xmpp:time'/>
                <x xmlns='jabber:x:data' type='result'>
                  <field var='FORM_TYPE' type='hidden'><value>http://jabber.org/network/serverinfo</value></field>
                  <field var='abuse-addresses' type='list-multi'><value>mailto:abuse@shakespeare.lit</value></field>
                </x>
              </query>
            </iq>
            """);
    }

    [Theory]
    [InlineData("<ping xmlns='urn:xmpp:ping'/>", "")]
    [InlineData("<query xmlns='jabber:iq:version'/>",
        "<query xmlns='jabber:iq:version'><name>Annex</name><version>0.1.0</version></query>")]
    [InlineData("<query xmlns='jabber:iq:last'/>", "<query xmlns='jabber:iq:last' seconds='20'/>")]
    [InlineData("<time xmlns='urn:xmpp:time'/>", "<time xmlns='urn:xmpp:time'>...</time>")]
    [InlineData("<query xmlns='http://jabber.org/protocol/disco#items'/>",
        "<query xmlns='http://jabber.org/protocol/disco#items'/>")]
    [InlineData("<query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/commands'/>",
        "<query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/commands'>" +
        "<item jid='chat.shakespeare.lit' node='announce' name='Announce'/></query>")]
    public async Task A_service_answers_for_itself(string question, string answer)
    {
        // Less than the link may be silent: it must not be made anew meanwhile.
        _time.Advance(TimeSpan.FromSeconds(20));
        await _hag.Send($"<iq id='q' to='chat.shakespeare.lit' type='get'>{question}</iq>");
        await _hag.Expect($"<iq from='chat.shakespeare.lit' id='q' type='result'>{answer}</iq>");
    }

    [Fact]
    public async Task An_unknown_node_is_not_found_and_another_address_is_not_the_service()
    {
        await _hag.Send("""
            <iq id='1' to='chat.shakespeare.lit' type='get'>
            <query xmlns='http://jabber.org/protocol/disco#info' node='urn:unknown'/></iq>
            """);
        await _hag.Expect("""
            <iq from='chat.shakespeare.lit' id='1' type='error'><error type='cancel'>
            <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
            """);
        await _hag.Send("<iq id='2' to='coven@chat.shakespeare.lit' type='get'><ping xmlns='urn:xmpp:ping'/></iq>");
        await _hag.Expect("""
            <iq from='coven@chat.shakespeare.lit' id='2' type='error'><error type='modify'>
            <not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>
            """);
    }

    // XEP-0050 §2.4
    [Fact]
    public async Task A_command_is_run_in_two_stages()
    {
        await _hag.Send("""
            <iq id='exec1' to='chat.shakespeare.lit' type='set'>
            <command xmlns='http://jabber.org/protocol/commands' node='announce' action='execute'/></iq>
            """);
        await _hag.Expect("""
            <iq from='chat.shakespeare.lit' id='exec1' type='result'>
              <command xmlns='http://jabber.org/protocol/commands' node='announce' sessionid='{session}' status='executing'>
                <actions execute='complete'><complete/></actions>
                <x xmlns='jabber:x:data' type='form'>
                  <field var='FORM_TYPE' type='hidden'><value>urn:announce</value></field>
                  <field var='text' type='text-single' label='Text'><required/></field>
                </x>
              </command>
            </iq>
            """);
        await _hag.Send("""
            <iq id='exec2' to='chat.shakespeare.lit' type='set'>
              <command xmlns='http://jabber.org/protocol/commands' node='announce' sessionid='{session}'>
                <x xmlns='jabber:x:data' type='submit'><field var='text'><value>Something wicked</value></field></x>
              </command>
            </iq>
            """);
        await _hag.Expect("""
            <iq from='chat.shakespeare.lit' id='exec2' type='result'>
              <command xmlns='http://jabber.org/protocol/commands' node='announce' sessionid='{session}' status='completed'>
                <note type='info'>Told: Something wicked</note>
              </command>
            </iq>
            """);
    }
}
