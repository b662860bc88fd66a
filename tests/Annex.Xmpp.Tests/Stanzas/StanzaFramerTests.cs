using Xunit;
using System.Text;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Tests.Stanzas;

public class StanzaFramerTests
{
    private const string Talk = Framing.Header + "<handshake/>\n <message from='a@b/c' to='r@muc' id='x' type='groupchat' xml:lang='en'>" +
        "<body>Gr\u00fc\u00dfe &amp; \U0001F600 &#x41;<![CDATA[<&]]></body><x xmlns='urn:x' a=\"it's\"/></message>   <iq type='get' id='&quot;' to='m'/>" +
        "<c:presence xmlns:c='jabber:component:accept' from='a@b/c'><c:show>away</c:show><y/></c:presence>" +
        "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream> ";

    [Fact]
    public void A_stream_is_a_header_its_elements_and_an_end()
    {
        var frames = Framing.Whole(Talk);
        Assert.Equal("header StreamHeader { Id = a1, From = muc.example.org, To = , Version = , Lang = , DefaultNamespace = jabber:component:accept }", frames[0]);
        Assert.Equal("element <handshake xmlns='jabber:component:accept'/>", frames[1]);
        Assert.StartsWith("Message Groupchat a@b/c>r@muc id=x lang=en {jabber:component:accept}body [] <body>", frames[2], StringComparison.Ordinal);
        Assert.Contains("<body>Gr\u00fc\u00dfe &amp; \U0001F600 A&lt;&amp;</body>", frames[2], StringComparison.Ordinal);
        Assert.StartsWith("Iq Get >m id=\" lang= {} []  | ", frames[3], StringComparison.Ordinal);
        Assert.StartsWith("Presence Available a@b/c> id= lang= {jabber:component:accept}show [] <show>away</show><y xmlns=''/>", frames[4].Replace("<y/>", "<y xmlns=''/>", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.StartsWith("element <error xmlns='http://etherx.jabber.org/streams'><conflict", frames[5], StringComparison.Ordinal);
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
}
