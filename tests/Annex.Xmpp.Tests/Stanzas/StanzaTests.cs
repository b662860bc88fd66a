using System.Buffers;
using System.Text;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Tests.Xml;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Stanzas;

public class StanzaTests
{
    [Theory]
    [InlineData("<message/>", StanzaKind.Message, StanzaType.Normal)]
    [InlineData("<message type='chat'/>", StanzaKind.Message, StanzaType.Chat)]
    [InlineData("<message type='normal'/>", StanzaKind.Message, StanzaType.Normal)]
    [InlineData("<message type='groupchat'/>", StanzaKind.Message, StanzaType.Groupchat)]
    [InlineData("<message type='headline'/>", StanzaKind.Message, StanzaType.Headline)]
    [InlineData("<message type='error'/>", StanzaKind.Message, StanzaType.Error)]
    [InlineData("<message type='get'/>", StanzaKind.Message, StanzaType.Unknown)]
    [InlineData("<message type=''/>", StanzaKind.Message, StanzaType.Unknown)]
    [InlineData("<presence/>", StanzaKind.Presence, StanzaType.Available)]
    [InlineData("<presence type='unavailable'/>", StanzaKind.Presence, StanzaType.Unavailable)]
    [InlineData("<presence type='subscribe'/>", StanzaKind.Presence, StanzaType.Subscribe)]
    [InlineData("<presence type='subscribed'/>", StanzaKind.Presence, StanzaType.Subscribed)]
    [InlineData("<presence type='unsubscribe'/>", StanzaKind.Presence, StanzaType.Unsubscribe)]
    [InlineData("<presence type='unsubscribed'/>", StanzaKind.Presence, StanzaType.Unsubscribed)]
    [InlineData("<presence type='probe'/>", StanzaKind.Presence, StanzaType.Probe)]
    [InlineData("<presence type='available'/>", StanzaKind.Presence, StanzaType.Unknown)]
    [InlineData("<presence type='error'/>", StanzaKind.Presence, StanzaType.Error)]
    [InlineData("<iq type='get'/>", StanzaKind.Iq, StanzaType.Get)]
    [InlineData("<iq type='set'/>", StanzaKind.Iq, StanzaType.Set)]
    [InlineData("<iq type='result'/>", StanzaKind.Iq, StanzaType.Result)]
    [InlineData("<iq type='error'/>", StanzaKind.Iq, StanzaType.Error)]
    [InlineData("<iq/>", StanzaKind.Iq, StanzaType.Unknown)]
    public void Kind_and_type_are_read(string xml, StanzaKind kind, StanzaType type)
    {
        using var stanza = Parse(xml);
        Assert.Equal((kind, type), (stanza.Kind, stanza.Type));
    }

    [Fact]
    public void The_envelope_is_read_and_the_payload_stays_as_it_was()
    {
        using var stanza = Parse("<message xml:lang='de' from=\"d&apos;artagnan@b/c\" to='r@m' id='a&amp;b'> <x xmlns='u&#118;' >&lt;</x > </message>");
        Assert.Equal("d'artagnan@b/c", stanza.From!.ToString());
        Assert.Equal("r@m", stanza.To!.ToString());
        Assert.Equal("a&amp;b", Framing.Text(stanza.RawId));
        Assert.Equal("a&b", stanza.Id);
        Assert.Equal("de", Framing.Text(stanza.RawLang));
        Assert.Equal("x", Framing.Text(stanza.PayloadName));
        Assert.Equal("uv", Framing.Text(stanza.PayloadNamespace));
        Assert.Equal(" <x xmlns='u&#118;' >&lt;</x > ", Framing.Text(stanza.Payload.Span));
        Assert.Equal("<", stanza.Child("x", "uv")!.Text);
        Assert.Null(stanza.Child("x", "u"));
        Assert.Equal("x", stanza.FirstChild!.Name);
    }

    [Fact]
    public void What_is_absent_is_empty_or_null()
    {
        using var stanza = Parse("<iq></iq>");
        Assert.Null(stanza.From);
        Assert.Null(stanza.To);
        Assert.Null(stanza.Id);
        Assert.Null(stanza.FirstChild);
        Assert.True(stanza.RawId.IsEmpty && stanza.RawLang.IsEmpty && stanza.PayloadName.IsEmpty &&
            stanza.PayloadNamespace.IsEmpty);
        Assert.True(stanza.Payload.IsEmpty && stanza.RawDeclarations.IsEmpty);
        using var empty = Parse("<iq id=''/>");
        Assert.Equal("", empty.Id);
        Assert.True(empty.Payload.IsEmpty);
    }

    [Theory]
    [InlineData("<message/><message/>", "not-well-formed")]
    [InlineData("<message>", "not-well-formed")]
    [InlineData("<msg/>", "unsupported-stanza-type")]
    [InlineData("<message xmlns='jabber:client'/>", "unsupported-stanza-type")]
    public void Only_one_stanza_is_parsed(string xml, string condition) =>
        Assert.Equal(condition, Assert.Throws<XmlStreamException>(() => Parse(xml)).Condition);

    [Fact]
    public void The_payload_means_the_same_beside_the_declarations()
    {
        using var stanza = Parse("<message to='a' xmlns:p='urn:p'><p:x p:y='1'/></message>");
        Assert.Equal(" xmlns:p='urn:p'", Framing.Text(stanza.RawDeclarations));
        string copy = "<message" + Framing.Text(stanza.RawDeclarations) + ">" + Framing.Text(stanza.Payload.Span) +
            "</message>";
        Assert.Equal(stanza.FirstChild!.ToString(), Element.Parse(copy).Children[0].ToString());
    }

    [Fact]
    public void Memory_that_was_given_back_shows_nobody_anything()
    {
        var stanza = Parse("<message id='secret'><body>secret</body></message>");
        var kept = stanza.Payload;
        stanza.Dispose();
        Assert.All(kept.ToArray(), b => Assert.Equal(0xDD, b));
        Assert.Throws<ObjectDisposedException>(() => stanza.Payload);
        Assert.Throws<ObjectDisposedException>(() => stanza.Id);
        Assert.Throws<ObjectDisposedException>(() => stanza.ToElement());
        Assert.Throws<ObjectDisposedException>(() => stanza.Detach());
        Assert.Throws<ObjectDisposedException>(stanza.Dispose);
    }

    [Fact]
    public void A_tree_outlives_its_stanza()
    {
        Element tree;
        using (var stanza = Parse("<message><body>a</body></message>")) tree = stanza.ToElement();
        Assert.Equal("a", tree.Child("body")!.Text);
    }

    [Fact]
    public void The_writer_declares_a_namespace_where_it_changes()
    {
        string xml = Write(w =>
        {
            w.StartStanza(StanzaKind.Message, StanzaType.Groupchat, Jid.Parse("r@m/d'a"), Jid.Parse("a@b"), "1'");
            w.TextElement("body"u8, "a<b");
            w.StartElement("x"u8, "urn:x"u8);
            w.StartElement("y"u8);
            w.Attribute("n"u8, -5);
            w.Attribute("j"u8, Jid.Parse("ab@c/&<"));
            w.Attribute("none"u8, (string?)null);
            w.EndElement();
            w.Element(new Element("z", "urn:x").Add("q", null));
            w.StartElement("back", Namespaces.Component);
            w.EndElement();
            w.Raw("<raw/>"u8);
            Assert.Equal(2, w.Depth);
            w.EndStanza();
        });
        Assert.Equal("<message type='groupchat' from='r@m/d&apos;a' to='a@b' id='1&apos;'><body>a&lt;b</body><x xmlns='urn:x'>" +
            "<y n='-5' j='ab@c/&amp;&lt;'/><z><q/></z><back xmlns='jabber:component:accept'/><raw/></x></message>", xml);
    }

    [Fact]
    public void An_id_is_copied_whatever_quotes_it_stood_in()
    {
        using var stanza = Parse("<iq type='get' id=\"it's\"/>");
        string xml = Write(w =>
        {
            w.StartStanza(StanzaKind.Iq, StanzaType.Result, null, null, stanza.RawId);
            w.RawAttribute("x"u8, stanza.RawId);
            w.EndStanza();
        });
        Assert.Equal("<iq type='result' id=\"it's\" x=\"it's\"/>", xml);
    }

    [Fact]
    public void An_error_has_its_conditions_in_order()
    {
        var error = StanzaError.Gone with
        {
            ConditionText = "xmpp:a@b",
            By = "r@m",
            Application =
            new Element("app", "urn:app")
        };
        string xml = Write(w =>
        {
            w.StartStanza(StanzaKind.Iq, StanzaType.Error, null, null);
            w.Error(error.WithText("Moved."));
            w.EndStanza();
        });
        Assert.Equal("<iq type='error'><error type='cancel' by='r@m'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>xmpp:a@b</gone>" +
            "<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas' xml:lang='en'>Moved.</text><app xmlns='urn:app'/></error></iq>", xml);
    }

    [Fact]
    public void An_attribute_after_the_content_is_a_mistake()
    {
        var writer = new StanzaWriter(new ArrayBufferWriter<byte>());
        Assert.Throws<InvalidOperationException>(() => writer.Attribute("a"u8, "b"));
        Assert.Throws<InvalidOperationException>(writer.EndElement);
        writer.StartElement("a"u8);
        writer.Text("x");
        Assert.Throws<InvalidOperationException>(() => writer.Attribute("a"u8, "b"));
        writer.Reset();
        Assert.Equal(0, writer.Depth);
    }

    [Fact]
    public void A_thousand_random_payloads_come_back_as_they_were()
    {
        var random = new Random(2);
        for (int i = 0; i < 1000; i++)
        {
            var tree = RandomXml.Tree(random, 3);
            byte[] bytes = Encoding.UTF8.GetBytes(Write(w =>
            {
                w.StartStanza(StanzaKind.Message, StanzaType.Chat, null, Jid.Parse("a@b"), RandomXml.Text(random));
                w.Element(tree);
                w.EndStanza();
            }));
            using var stanza = Stanza.Parse(bytes);
            Assert.Equal(tree.ToString(), stanza.FirstChild!.ToString());
            Assert.Equal(tree.Name, Framing.Text(stanza.PayloadName));
            Assert.Equal(tree.Namespace, Framing.Text(stanza.PayloadNamespace));
            Assert.Equal(bytes, stanza.Raw.ToArray());
        }
    }

    private static Stanza Parse(string xml) => Stanza.Parse(Encoding.UTF8.GetBytes(xml));

    private static string Write(Action<StanzaWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new StanzaWriter(output));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
