using System.Buffers;
using System.Text;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Xml;

public class ElementTests
{
    [Fact]
    public void A_tree_is_built_and_written()
    {
        var query = new Element("query", "urn:q").With("node", "a'b<\"&\n").Add("item", "1 < 2")
            .Add(new Element("x", "urn:x").AddText("]]>"));
        query.Lang = "en";
        Assert.Equal("<query xmlns='urn:q' node='a&apos;b&lt;&quot;&amp;&#10;' xml:lang='en'><item>1 &lt; 2</item><x xmlns='urn:x'>]]&gt;</x></query>",
            query.ToString());
    }

    [Fact]
    public void What_is_read_is_found_by_name_and_namespace()
    {
        var e = Element.Parse("<a xmlns='u' n='1'>t<b/><b xmlns='v'>x</b><c/>u</a>");
        Assert.Equal("tu", e.Text);
        Assert.Equal("x", e.Child("b", "v")!.Text);
        Assert.Equal("u", e.Child("b")!.Namespace);
        Assert.Null(e.Child("c", "v"));
        Assert.Single(e.ChildrenNamed("b"));
        Assert.Equal("1", e["n"]);
        Assert.Null(e["m"]);
        Assert.True(e.Remove(e.Children[1]));
        Assert.True(e.Remove(e.Children[0]));
        Assert.Equal("<a xmlns='u' n='1'>t<c/>u</a>", e.ToString());
        Assert.False(e.Remove(e));
    }

    [Fact]
    public void Removing_a_child_joins_the_text_around_it()
    {
        var e = Element.Parse("<a>1<b/>2</a>", "");
        e.Remove(e.Children[0]);
        Assert.Equal("<a>12</a>", e.ToString());
    }

    [Fact]
    public void A_copy_shares_nothing()
    {
        var e = Element.Parse("<a n='1'>t<b/></a>");
        var copy = e.Clone();
        Assert.Equal(e.ToString(), copy.ToString());
        copy["n"] = null;
        copy.Children[0]["x"] = "y";
        Assert.Equal("<a xmlns='jabber:component:accept' n='1'>t<b/></a>", e.ToString());
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("")]
    [InlineData("p:a")]
    [InlineData("1")]
    [InlineData("a/><b")]
    public void A_name_that_XML_does_not_know_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => new Element(name, ""));
        Assert.Throws<ArgumentException>(() => new Element("a", "").With(name, "1"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<a>")]
    [InlineData("<a/><b/>")]
    [InlineData("<a/>x")]
    [InlineData("x<a/>")]
    public void Only_one_whole_element_is_read(string xml) =>
        Assert.Throws<XmlStreamException>(() => Element.Parse(xml));

    [Fact]
    public void Prefixes_become_namespaces()
    {
        var e = Element.Parse(" <p:a xmlns:p='u&amp;' p:x='1' xml:lang='de' x='2'><b/></p:a>\n", "d");
        Assert.Equal("u&", e.Namespace);
        Assert.Equal("d", e.Children[0].Namespace);
        Assert.Equal("de", e.Lang);
        Assert.Equal("2", e["x"]);
        Assert.Equal([KeyValuePair.Create("x", "2")], e.Attributes);
        Assert.Equal("<a xmlns='u&amp;' xmlns:ns1='u&amp;' ns1:x='1' xml:lang='de' x='2'><b xmlns='d'/></a>",
            e.ToString());
    }

    [Fact]
    public void An_element_of_the_xml_namespace_keeps_its_prefix()
    {
        const string Xml = "<a xmlns='u'><xml:b c='1'><d/></xml:b></a>";
        Assert.Equal(Xml, Element.Parse(Xml).ToString());
    }

    [Fact]
    public void Nothing_that_is_written_breaks_the_stream()
    {
        AssertReadBack("a\u0000b\ud800c\uffffd\udc00", "a\ufffdb\ufffdc\ufffdd\ufffd");
        AssertReadBack("\r\n\t", "\r\n\t");
        AssertReadBack(new string('x', 1023) + "\U0001F600", new string('x', 1023) + "\U0001F600");
    }

    private static void AssertReadBack(string text, string read)
    {
        var e = new Element("a", "u").With("b", text).AddText(text);
        var back = Element.Parse(e.ToString());
        Assert.Equal(read, back["b"]);
        Assert.Equal(read, back.Text);
        var output = new ArrayBufferWriter<byte>();
        var writer = new StanzaWriter(output);
        writer.StartElement("a"u8, "u"u8);
        writer.Attribute("b"u8, text);
        writer.Text(text);
        writer.EndStanza();
        Assert.Equal(e.ToString(), Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_written_as_replacements()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new StanzaWriter(output);
        writer.StartElement("a"u8);
        writer.Attribute("b"u8, [0xC3, (byte)'<']);
        writer.Text([(byte)'x', 0xEF, 0xBF, 0xBF, 1, 0xFF]);
        writer.EndElement();
        Assert.Equal("<a b='\ufffd&lt;'>x\ufffd\ufffd\ufffd</a>", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void A_thousand_random_trees_come_back_as_they_were()
    {
        var random = new Random(1);
        for (int i = 0; i < 1000; i++)
        {
            string xml = RandomXml.Tree(random, 4).ToString();
            var read = Element.Parse(xml, "");
            Assert.Equal(xml, read.ToString());
            Assert.Equal(xml, Element.Parse(read.ToString(), "").Clone().ToString());
        }
    }
}
