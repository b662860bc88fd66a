using Annex.Push.Handlers;
using Annex.Push.Providers;
using Annex.Xmpp.Xml;
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

    private static PublishedNotification? Read(string notification, string options = "") =>
        PublishedNotification.Read(Element.Parse(
        $"<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='n'><item>{notification}</item></publish><publish-options>" +
        "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/pubsub#publish-options</value>" +
        $"</field>{options}</x></publish-options></pubsub>"));
}
