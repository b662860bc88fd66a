using System.Text;
using Annex.Push.Handlers;
using Annex.Push.Providers;
using Annex.Xmpp.Stanzas;
using Xunit;

namespace Annex.Push.Tests.Handlers;

public sealed class PublishedNotificationTests
{
    [Fact] // spec P2: Prosody's fields without values
    public void A_summary_with_fields_without_values_is_read()
    {
        var read = Read("""
            <notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data' type='form'>
            <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:push:summary</value></field><field var='message-count'><value>1</value></field>
            <field var='last-message-sender'/><field var='last-message-body'/></x></notification>
            """, "<field var='secret'><value>s</value></field>");
        Assert.Equal(("n", "s", null, PushUrgency.Normal), (read!.Node, read.Secret, read.Body, read.Urgency));
    }

    [Fact]
    public void A_body_makes_it_urgent() => Assert.Equal(PushUrgency.High, Read("""
        <notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data' type='submit'>
        <field var='last-message-body'><value>New message</value></field></x></notification>
        """)!.Urgency);

    [Fact] // spec §0.9: it may be a call
    public void An_empty_notification_is_one() => Assert.NotNull(Read("<notification xmlns='urn:xmpp:push:0'/>"));

    [Fact]
    public void Another_payload_is_none() => Assert.Null(Read("<notification xmlns='urn:xmpp:push:9'/>"));

    [Fact]
    public void A_pushModule_is_read() =>
        Assert.Equal("app", Read("<notification xmlns='urn:xmpp:push:0'/>",
            "<field var='pushModule'><value>app</value></field>")!.PushModule);

    [Fact]
    public void A_form_that_is_too_large_says_nothing_but_pushes()
    {
        var fields = string.Concat(Enumerable.Range(0, 1000).Select(i =>
            $"<field var='f{i}'><value>x</value></field>"));
        var read = Read($"<notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data' type='submit'>{fields}</x></notification>");
        Assert.Equal(PushUrgency.Normal, read!.Urgency);
    }

    [Fact]
    public void The_first_field_of_a_name_counts_and_a_text_of_several_lines_is_one()
    {
        var read = Read("""
            <notification xmlns='urn:xmpp:push:0'><y xmlns='urn:other'/><x xmlns='jabber:x:data' type='form'>
            <title>a &lt;b&gt;</title><field var='last-message-body'><value>one &amp; two</value><value><![CDATA[<three>]]></value></field>
            <field var='last-message-body'><value>four</value></field>
            <field var='last-message-sender'><value>a@b</value><value>c@d</value></field></x></notification>
            """, "<field var='secret'/><field var='secret'><value>s</value></field>");
        Assert.Equal(("one & two\n<three>", "a@b", null), (read!.Body, read.Sender, read.Secret));
    }

    [Fact]
    public void The_notification_may_be_in_any_item_and_the_options_may_come_first() => Assert.Equal(("m", "t"), Parse("""
        <pubsub xmlns='http://jabber.org/protocol/pubsub'><publish-options><x xmlns='jabber:x:data'><field var='secret'><value>t</value>
        </field></x></publish-options><other/><publish node='m'><item/><item id='2'><z xmlns='urn:z'><notification xmlns='urn:xmpp:push:0'/></z>
        <notification xmlns='urn:xmpp:push:0'/></item></publish></pubsub>
        """) is { } read ? (read.Node, read.Secret) : default);

    [Theory]
    [InlineData("<publish><item><notification xmlns='urn:xmpp:push:0'/></item></publish>")]
    [InlineData("<publish node=''><item><notification xmlns='urn:xmpp:push:0'/></item></publish>")]
    [InlineData("<publish node='n'><notification xmlns='urn:xmpp:push:0'/></publish>")]
    [InlineData("<publish node='n'><item><z xmlns='urn:z'><notification xmlns='urn:xmpp:push:0'/></z></item></publish>")]
    [InlineData("<publish-options/>")]
    public void Without_a_node_or_a_notification_it_is_no_publish(string inside) =>
        Assert.Null(Parse($"<pubsub xmlns='http://jabber.org/protocol/pubsub'>{inside}</pubsub>"));

    private static PublishedNotification? Read(string notification, string options = "") =>
        Parse($"<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='n'><item>{notification}</item></publish><publish-options>" +
        "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/pubsub#publish-options</value>" +
        $"</field>{options}</x></publish-options></pubsub>");

    private static PublishedNotification? Parse(string pubsub)
    {
        using var stanza = Stanza.Parse(Encoding.UTF8.GetBytes($"<iq type='set' id='1' from='a.test'>{pubsub}</iq>"));
        return PublishReader.Read(stanza);
    }
}
