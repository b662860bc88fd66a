using Xunit;
using System.Text;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Tests.Stanzas;

public class StanzaFramerTests
{
    private const string Talk = Framing.Header +
        "<handshake/>\n <message from='a@b/c' to='r@muc' id='x' type='groupchat' xml:lang='en'>" +
        "<body>Gr\u00fc\u00dfe &amp; \U0001F600 &#x41;<![CDATA[<&]]></body><x xmlns='urn:x' a=\"it's\"/></message>   <iq type='get' id='&quot;' to='m'/>" +
        "<c:presence xmlns:c='jabber:component:accept' from='a@b/c'><c:show>away</c:show><y/></c:presence>" +
        "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream> ";

    [Fact]
    public void A_stream_is_a_header_its_elements_and_an_end()
    {
        var frames = Framing.Whole(Talk);
        Assert.Equal("header StreamHeader { Id = a1, From = muc.example.org, To = , Version = , Lang = , DefaultNamespace = jabber:component:accept }", frames[0]);
        Assert.Equal("element <handshake xmlns='jabber:component:accept'/>", frames[1]);
        Assert.StartsWith("Message Groupchat a@b/c>r@muc id=x lang=en {jabber:component:accept}body [] <body>",
            frames[2], StringComparison.Ordinal);
        Assert.Contains("<body>Gr\u00fc\u00dfe &amp; \U0001F600 A&lt;&amp;</body>", frames[2],
            StringComparison.Ordinal);
        Assert.StartsWith("Iq Get >m id=\" lang= {} []  | ", frames[3], StringComparison.Ordinal);
        Assert.StartsWith("Presence Available a@b/c> id= lang= {jabber:component:accept}show [] <show>away</show><y/>",
            frames[4], StringComparison.Ordinal);
        Assert.StartsWith("element <error xmlns='http://etherx.jabber.org/streams'><conflict", frames[5],
            StringComparison.Ordinal);
        Assert.Equal("End", frames[6]);
        Assert.Equal(7, frames.Count);
    }

    [Fact]
    public void It_does_not_matter_where_the_bytes_are_split()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Talk);
        var whole = Framing.Whole(Talk);
        for (int at = 1; at < bytes.Length; at++) Assert.Equal(whole, Framing.Run(bytes, null, at, int.MaxValue));
        for (int size = 1; size < 40; size++) Assert.Equal(whole, Framing.Run(bytes, null, size));
        Assert.Equal(whole, Framing.Sequence(bytes, 7, 0, 1, 0, 0, 300));
    }

    [Fact]
    public void A_stanza_in_single_bytes_is_looked_at_once()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Framing.Header + "<message><body a='" + new string('x', 100_000) + "'>" +
            new string('y', 200_000) + "</body><" + new string('z', 100_000) + "/></message>");
        Assert.Equal(2, Framing.Run(bytes, null, 1).Count);
    }

    [Theory]
    [InlineData("x", "not-well-formed")]
    [InlineData(" <?xml version='1.0'?>", "not-well-formed")]
    [InlineData("<?xml?>", "restricted-xml")]
    [InlineData("<?xml ?>", "not-well-formed")]
    [InlineData("<?xml version='2.0'?>", "not-well-formed")]
    [InlineData("<?xml version='1.0' standalone='maybe'?>", "not-well-formed")]
    [InlineData("<?xml version='1.0' x?>", "not-well-formed")]
    [InlineData("<?xml version='1.0' encoding='ISO-8859-1'?>", "unsupported-encoding")]
    [InlineData("<?xml-stylesheet href='a'?>", "restricted-xml")]
    [InlineData("<!DOCTYPE stream>", "restricted-xml")]
    [InlineData("<!-- -->", "restricted-xml")]
    [InlineData("<stream:stream>", "not-well-formed")]
    [InlineData("<stream xmlns='http://etherx.jabber.org/streams'>", "bad-namespace-prefix")]
    [InlineData("<stream:stream xmlns:stream='urn:other'>", "invalid-namespace")]
    [InlineData("<stream:features xmlns:stream='http://etherx.jabber.org/streams'>", "bad-format")]
    [InlineData("<stream:stream xmlns:stream='http://etherx.jabber.org/streams'/>", "bad-format")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "not-well-formed")]
    [InlineData("<html><body>", "bad-format")]
    public void A_wrong_opening_is_refused(string xml, string condition)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(xml + " ");
        Assert.Equal([condition], Framing.Run(bytes, null, 1));
        Assert.Equal([condition], Framing.Run(bytes, null, int.MaxValue));
    }

    [Theory]
    [InlineData("<?xml version='1.0' encoding='utf-8' standalone=\"yes\" ?>\n")]
    [InlineData("<?xml version = \"1.1\"?>")]
    [InlineData("")]
    public void A_stream_may_begin_with_a_declaration(string declaration)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(declaration +
            "<s:stream xmlns:s='http://etherx.jabber.org/streams' id='&lt;' xml:lang='en' version='1.0' to='a'>\n</s:stream >");
        string[] expected =
        [
            "header StreamHeader { Id = <, From = , To = a, Version = 1.0, Lang = en, DefaultNamespace =  }",
            "End",
        ];
        Assert.Equal(expected, Framing.Run(bytes, null, int.MaxValue));
        Assert.Equal(expected, Framing.Run(bytes, null, 1));
    }

    [Theory]
    [InlineData("x<message/>", "bad-format")]
    [InlineData("</stream:strea>", "not-well-formed")]
    [InlineData("</stream:stream x>", "not-well-formed")]
    public void Between_stanzas_there_is_white_space_or_nothing(string xml, string condition) =>
        Assert.Equal(condition, Framing.Whole(Framing.Header + xml)[^1]);

    [Fact]
    public void Whoever_broke_a_rule_is_not_heard_again()
    {
        using var framer = new StanzaFramer();
        Assert.Throws<XmlStreamException>(() => Feed(framer, "<!-"));
        Assert.Equal("restricted-xml", Assert.Throws<XmlStreamException>(() => Feed(framer, Framing.Header)).Condition);
    }

    [Fact]
    public void After_the_end_nothing_is_read()
    {
        Assert.Equal(["End"], Framing.Whole(Framing.Header + "</stream:stream><message/>garbage").Skip(1));
    }

    [Fact]
    public void Stanzas_under_another_prefix_or_default_namespace_read_like_any_other()
    {
        var frames = Framing.Whole("<stream:stream xmlns:stream='http://etherx.jabber.org/streams' xmlns='jabber:component:accept' xmlns:x='urn:x'>" +
            "<c:message xmlns:c='jabber:component:accept' xmlns='urn:d' to='m' id='&apos;'>t<c:body>a</c:body><d><c:e/></d></c:message>" +
            "<message><x:a x:b='1'/></message>" +
            "<message xmlns:p='urn:p' id='1' xmlns:q='urn:q'><p:a/></message>" +
            "<message xmlns='jabber:client'/>" +
            "<message xmlns='jabber:component:accept' xmlns:p='urn:p'  xmlns:q=\"urn:q\"><p:a/></message>");
        Assert.Contains(" t<body>a</body><d xmlns='urn:d'><e xmlns='jabber:component:accept'/></d> | ", frames[1],
            StringComparison.Ordinal);
        Assert.Contains("id=' lang= {jabber:component:accept}body []", frames[1], StringComparison.Ordinal);
        Assert.Contains(" {urn:x}a [] <a xmlns='urn:x' xmlns:ns1='urn:x' ns1:b='1'/> | ", frames[2],
            StringComparison.Ordinal);
        Assert.Contains(" {urn:p}a [] <a xmlns='urn:p'/> | ", frames[3], StringComparison.Ordinal);
        Assert.Equal("element <message xmlns='jabber:client'/>", frames[4]);
        Assert.Contains(" {urn:p}a [ xmlns:p='urn:p'  xmlns:q=\"urn:q\"] <p:a/> | ", frames[5],
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_namespace_on_a_thousand_elements_does_not_grow_beyond_the_limit()
    {
        string xml = Framing.Header + "<c:message xmlns:c='jabber:component:accept' xmlns:p='" +
            new string('u', 1000) + "'>" +
            string.Concat(Enumerable.Repeat("<p:a/>", 1000)) + "</c:message>";
        Assert.Equal("policy-violation", Framing.Whole(xml)[^1]);
    }

    private static void Feed(StanzaFramer framer, string xml)
    {
        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(xml);
        while (framer.Read(ref bytes, out var stanza) != FrameKind.NeedMore) stanza?.Dispose();
    }
}
