using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Contact;
using Annex.Xmpp.Extensions.Hints;
using Annex.Xmpp.Extensions.LastActivity;
using Annex.Xmpp.Extensions.Ping;
using Annex.Xmpp.Extensions.StanzaIds;
using Annex.Xmpp.Extensions.Time;
using Annex.Xmpp.Extensions.Version;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Extensions;

public sealed class SmallExtensionsTests
{
    [Fact]
    public void A_ping_is_an_empty_element() => Assert.Equal("<ping xmlns='urn:xmpp:ping'/>", XmppPing.ToElement().ToString());

    // XEP-0092 §3.
    [Fact]
    public void A_version_is_written_and_read()
    {
        var version = new SoftwareVersion("Exodus", "0.7.0.4", "Windows-XP 5.01.2600");
        Assert.Equal(
            "<query xmlns='jabber:iq:version'><name>Exodus</name><version>0.7.0.4</version><os>Windows-XP 5.01.2600</os></query>",
            version.ToElement().ToString());
        Assert.Equal(version, SoftwareVersion.Read(version.ToElement()));
        Assert.Equal(new SoftwareVersion("", ""), SoftwareVersion.Read(new Element("query", SoftwareVersion.Namespace)));
        Assert.Null(SoftwareVersion.Read(null));
    }

    // XEP-0202 §3.
    [Fact]
    public void A_time_is_written_and_read()
    {
        var local = new DateTimeOffset(2006, 12, 19, 11, 58, 35, TimeSpan.FromHours(-6));
        var element = EntityTime.ToElement(local);
        Assert.Equal("<time xmlns='urn:xmpp:time'><tzo>-06:00</tzo><utc>2006-12-19T17:58:35Z</utc></time>", element.ToString());
        var read = EntityTime.Read(element);
        Assert.Equal(local, read);
        Assert.Equal(local.Offset, read!.Value.Offset);
        Assert.Contains("<tzo>+05:45</tzo>",
            EntityTime.ToElement(local.ToOffset(new TimeSpan(5, 45, 0))).ToString(), StringComparison.Ordinal);
        Assert.Equal(local, EntityTime.Read(Element.Parse(
            "<time xmlns='urn:xmpp:time'><tzo>here</tzo><utc>2006-12-19T17:58:35Z</utc></time>")));
        Assert.Null(EntityTime.Read(Element.Parse("<time xmlns='urn:xmpp:time'><utc>now</utc></time>")));
        Assert.Null(EntityTime.Read(null));
    }

    // XEP-0012 §6.
    [Fact]
    public void The_last_activity_of_a_service_is_its_uptime()
    {
        var element = ServiceUptime.ToElement(TimeSpan.FromSeconds(123456.7));
        Assert.Equal("<query xmlns='jabber:iq:last' seconds='123456'/>", element.ToString());
        Assert.Equal(TimeSpan.FromSeconds(123456), ServiceUptime.Read(element));
        Assert.Equal("0", ServiceUptime.ToElement(TimeSpan.FromSeconds(-5))["seconds"]);
        Assert.Null(ServiceUptime.Read(new Element("query", ServiceUptime.Namespace).With("seconds", "-1")));
        Assert.Null(ServiceUptime.Read(null));
    }

    // XEP-0157 §2.
    [Fact]
    public void Contact_addresses_are_a_form()
    {
        var contact = new ContactAddresses()
            .Set("admin", "mailto:xmpp@shakespeare.lit", "xmpp:admins@shakespeare.lit")
            .Set("abuse", "mailto:abuse@shakespeare.lit")
            .Set("sales");
        var form = contact.ToForm();
        Assert.Equal("http://jabber.org/network/serverinfo", form.FormTypeName);
        Assert.Equal(["FORM_TYPE", "abuse-addresses", "admin-addresses"], form.Fields.Select(field => field.Var!));
        Assert.Equal(["mailto:xmpp@shakespeare.lit", "xmpp:admins@shakespeare.lit"], form["admin-addresses"]!.Values);
        Assert.False(contact.IsEmpty);
        Assert.Empty(contact["security"]);
        Assert.Throws<ArgumentException>(() => contact.Set("fun", "mailto:x@y"));
    }

    [Fact]
    public void Hints_are_found_by_name()
    {
        var message = new Element("message", "jabber:client").Add(ProcessingHints.ToElement(ProcessingHints.NoStore));
        Assert.True(ProcessingHints.Has(message, "no-store"));
        Assert.False(ProcessingHints.Has(message, ProcessingHints.Store));
    }

    // XEP-0359 §3, §5.
    [Fact]
    public void Forged_ids_are_removed_and_the_entitys_own_is_found()
    {
        var room = Jid.Parse("room@muc.example.com");
        var message = Element.Parse(
            "<message><stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='ROOM@muc.example.com'/>" +
            "<stanza-id xmlns='urn:xmpp:sid:0' id='other' by='example.com'/><stanza-id xmlns='urn:xmpp:sid:0' id='none'/>" +
            "<origin-id xmlns='urn:xmpp:sid:0' id='o'/></message>");
        StanzaId.RemoveForged(message, room);
        Assert.Null(StanzaId.Find(message, room));
        Assert.Equal("other", StanzaId.Find(message, Jid.Parse("example.com"))!.Id);
        message.Add(new StanzaId("1", room).ToElement());
        Assert.Equal(new StanzaId("1", room), StanzaId.Find(message, room));
        Assert.Equal("o", StanzaId.OriginId(message));
        Assert.Equal("<origin-id xmlns='urn:xmpp:sid:0' id='x'/>", StanzaId.OriginIdElement("x").ToString());
    }
}
