using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Extensions;

public sealed class DiscoTests
{
    [Fact]
    public void Info_is_written_and_read()
    {
        var info = new DiscoInfo("n");
        info.Identities.Add(new Identity("conference", "text", "Play-Specific Chatrooms", "en"));
        info.Features.UnionWith(["urn:b", "urn:a", "urn:b"]);
        info.Forms.Add(new DataForm(FormType.Result, "urn:form", new Field("x", null, "1")));
        var xml = info.ToElement().ToString();
        Assert.Equal(
            "<query xmlns='http://jabber.org/protocol/disco#info' node='n'>" +
            "<identity category='conference' type='text' name='Play-Specific Chatrooms' xml:lang='en'/>" +
            "<feature var='urn:a'/><feature var='urn:b'/>" +
            "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>urn:form</value></field>" +
            "<field var='x'><value>1</value></field></x></query>",
            Normal(xml));
        var read = DiscoInfo.Read(Element.Parse(xml))!;
        Assert.Equal(info.Identities, read.Identities);
        Assert.Equal(info.Features, read.Features);
        Assert.Equal("n", read.Node);
        Assert.True(read.Has("urn:a"));
        Assert.Equal("1", read.Form("urn:form")!["x"]!.Value);
        Assert.Null(read.Form("urn:other"));
    }

    // The order of attributes means nothing.
    private static string Normal(string xml) => xml.Replace(
        "<identity xml:lang='en' category='conference' type='text' name='Play-Specific Chatrooms'/>",
        "<identity category='conference' type='text' name='Play-Specific Chatrooms' xml:lang='en'/>", StringComparison.Ordinal);

    [Fact]
    public void What_a_stranger_leaves_out_of_its_answer_is_left_out()
    {
        var info = DiscoInfo.Read(Element.Parse(
            "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='x'/><identity/><feature/><feature var=''/>" +
            "<x xmlns='jabber:x:data' type='?'/><feature var='ok'/><odd xmlns='urn:x'/></query>"))!;
        Assert.Empty(info.Identities);
        Assert.Equal(["ok"], info.Features);
        Assert.Empty(info.Forms);
        Assert.Null(DiscoInfo.Read(new Element("query", "urn:x")));
        Assert.Null(DiscoInfo.Read(null));
    }

    [Fact]
    public void A_hostile_answer_is_read_within_bounds()
    {
        var query = new Element("query", DiscoInfo.Namespace);
        for (var i = 0; i < 5_000; i++)
            query.Add(new Element("feature", DiscoInfo.Namespace).With("var", $"urn:{i}"));
        Assert.Equal(2_000, DiscoInfo.Read(query)!.Features.Count);
    }

    [Fact]
    public void Items_are_written_and_read()
    {
        var items = new DiscoItems();
        items.Items.Add(new DiscoItem(Jid.Parse("heath@chat.shakespeare.lit"), "A Lonely Heath"));
        items.Items.Add(new DiscoItem(Jid.Parse("chat.shakespeare.lit"), "List", "list"));
        var xml = items.ToElement().ToString();
        Assert.Equal(
            "<query xmlns='http://jabber.org/protocol/disco#items'>" +
            "<item jid='heath@chat.shakespeare.lit' name='A Lonely Heath'/>" +
            "<item jid='chat.shakespeare.lit' node='list' name='List'/></query>", xml);
        Assert.Equal(items.Items, DiscoItems.Read(Element.Parse(xml))!.Items);
        Assert.Empty(DiscoItems.Read(Element.Parse(
            "<query xmlns='http://jabber.org/protocol/disco#items'><item/><item jid='a@'/></query>"))!.Items);
        Assert.Null(DiscoItems.Read(null));
    }

    // XEP-0115 §5.2.
    [Fact]
    public void The_simple_example_of_capabilities_has_its_hash()
    {
        var info = new DiscoInfo();
        info.Identities.Add(new Identity("client", "pc", "Exodus 0.9.1"));
        info.Features.UnionWith(
        [
            "http://jabber.org/protocol/caps", "http://jabber.org/protocol/disco#info",
            "http://jabber.org/protocol/disco#items", "http://jabber.org/protocol/muc",
        ]);
        Assert.Equal("QgayPKawpkPSDYmwT/WM94uAlu0=", EntityCapabilities.Hash(info));
        Assert.Equal(
            "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:n' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>",
            EntityCapabilities.ToElement(info, "urn:n").ToString());
    }

    // XEP-0115 §5.3.
    [Fact]
    public void The_complex_example_of_capabilities_has_its_hash()
    {
        var info = DiscoInfo.Read(Element.Parse(
            "<query xmlns='http://jabber.org/protocol/disco#info'>" +
            "<identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>" +
            "<identity xml:lang='el' category='client' name='\u03A8 0.11' type='pc'/>" +
            "<feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>" +
            "<feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/>" +
            "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'>" +
            "<value>urn:xmpp:dataforms:softwareinfo</value></field>" +
            "<field var='ip_version' type='text-multi'><value>ipv6</value><value>ipv4</value></field>" +
            "<field var='os'><value>Mac</value></field><field var='os_version'><value>10.5.1</value></field>" +
            "<field var='software'><value>Psi</value></field><field var='software_version'><value>0.11</value></field>" +
            "</x></query>"))!;
        Assert.Equal("q07IKJEyjvHSyhy//CH0CxmKi8w=", EntityCapabilities.Hash(info));
    }
}
