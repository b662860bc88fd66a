using System.Buffers;
using System.Text;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Xml;

public class XmlReaderTests
{
    [Fact]
    public void It_walks_siblings_and_goes_in_and_out()
    {
        var reader = XmlReader.Over("t<a x='>'><b/>u<c><d/></c></a><e xmlns='urn:e'><f/></e><![CDATA[<no/>]]><g/>"u8);
        Assert.Equal("a(b c(d)) e(f) g", Outline(ref reader));
    }

    [Fact]
    public void What_was_not_entered_is_skipped()
    {
        var reader = XmlReader.Over("<a><a/></a><b/>"u8);
        Assert.True(reader.ReadElement());
        Assert.True(reader.ReadElement());
        Assert.True(reader.Is("b"u8, "jabber:component:accept"u8));
        Assert.False(reader.ReadElement());
        Assert.False(reader.ReadElement());
    }

    [Fact]
    public void Leaving_early_skips_the_rest()
    {
        var reader = XmlReader.Over("<a><b><c/></b><d/>t</a><e/>"u8);
        reader.ReadElement();
        reader.Enter();
        reader.ReadElement();
        reader.Enter();
        reader.ReadElement();
        reader.Leave();
        reader.Leave();
        Assert.True(reader.ReadElement());
        Assert.Equal("e", Encoding.UTF8.GetString(reader.LocalName));
    }

    [Fact]
    public void An_empty_element_can_be_entered()
    {
        var reader = XmlReader.Over("<a/><b></b><c/>"u8);
        Assert.Equal("a b c", Outline(ref reader));
    }

    [Fact]
    public void More_levels_than_it_keeps_in_place_are_no_matter()
    {
        string xml = string.Concat(Enumerable.Range(0, 50).Select(i => $"<e{i} xmlns:p{i}='u{i}'>")) + "<p0:x/>" +
            string.Concat(Enumerable.Range(0, 50).Select(i => $"</e{49 - i}>"));
        var reader = XmlReader.Over(Encoding.UTF8.GetBytes(xml));
        for (int i = 0; i < 50; i++)
        {
            Assert.True(reader.ReadElement());
            reader.Enter();
        }

        Assert.True(reader.ReadElement());
        Assert.True(reader.Is("x"u8, "u0"u8));
        for (int i = 0; i < 50; i++) reader.Leave();
        Assert.False(reader.ReadElement());
    }

    [Theory]
    [InlineData("<a>x</a>", "x")]
    [InlineData("<a/>", "")]
    [InlineData("<a>x&lt;<b>no</b>&#65;<![CDATA[&lt;]]>\r\ny\rz</a>", "x<A&lt;\ny\nz")]
    [InlineData("<a>\u00e9&amp;</a>", "\u00e9&")]
    public void Text_is_what_stands_directly_inside(string xml, string text)
    {
        var reader = XmlReader.Over(Encoding.UTF8.GetBytes(xml + "<z/>"));
        reader.ReadElement();
        Assert.Equal(text, reader.ReadText());
        Assert.True(reader.ReadElement());
        Assert.Equal(text, Element.Parse(xml).Text);
    }

    [Fact]
    public void Attributes_are_found_raw_and_unescaped()
    {
        var reader = XmlReader.Over("<a xmlns:p='u' p:id='no'  id = \"1&amp;'\n2\" x='' />"u8);
        reader.ReadElement();
        Assert.True(reader.TryGetRawAttribute("id"u8, out var raw));
        Assert.Equal("1&amp;'\n2", Encoding.UTF8.GetString(raw));
        Assert.Equal("1&' 2", reader.Attribute("id"u8));
        Assert.Equal("", reader.Attribute("x"u8));
        Assert.Null(reader.Attribute("y"u8));
    }

    [Theory]
    // nothing to carry
    [InlineData("<message><forwarded xmlns='urn:f'><m/></forwarded></message>", "forwarded", "", "<forwarded xmlns='urn:f'><m/></forwarded>")]
    // the default namespace of the stream, where another is in force
    [InlineData("<message><body/></message>", "body", "urn:other", "<body xmlns='jabber:component:accept'/>")]
    [InlineData("<message><body/></message>", "body", "jabber:component:accept", "<body/>")]
    // a default namespace from further out
    [InlineData("<message><f xmlns='urn:f'><m a='1'>t</m></f></message>", "f/m", "", "<m xmlns='urn:f' a='1'>t</m>")]
    [InlineData("<message><f xmlns=\"urn:'f\"><m/></f></message>", "f/m", "", "<m xmlns=\"urn:'f\"/>")]
    [InlineData("<message><f xmlns=''><m/></f></message>", "f/m", "urn:x", "<m xmlns=''/>")]
    // a prefix, of the stanza, of a parent, hidden by a nearer one, declared again here, not used
    [InlineData("<message xmlns:p='urn:p'><p:a/></message>", "a", "jabber:component:accept", "<p:a xmlns:p='urn:p'/>")]
    [InlineData("<message xmlns:p='urn:p'><f xmlns:p='urn:q'><a><p:b p:c=''/></a></f></message>", "f/a", "jabber:component:accept", "<a xmlns:p='urn:q'><p:b p:c=''/></a>")]
    [InlineData("<message xmlns:p='urn:p'><p:a xmlns:p='urn:q'/></message>", "a", "jabber:component:accept", "<p:a xmlns:p='urn:q'/>")]
    [InlineData("<message xmlns:p='urn:p'><a/></message>", "a", "jabber:component:accept", "<a/>")]
    // the language
    [InlineData("<message xml:lang='de'><body>Ja</body></message>", "body", "jabber:component:accept", "<body xml:lang='de'>Ja</body>")]
    [InlineData("<message xml:lang='de'><body xml:lang='en'>Yes</body></message>", "body", "jabber:component:accept", "<body xml:lang='en'>Yes</body>")]
    [InlineData("<message xml:lang='de'><f xml:lang='fr'><b/></f></message>", "f/b", "jabber:component:accept", "<b xml:lang='fr'/>")]
    public void A_slice_carries_what_it_inherits(string xml, string path, string there, string expected)
    {
        using var stanza = Stanza.Parse(Encoding.UTF8.GetBytes(xml));
        var reader = stanza.Children;
        foreach (string name in path.Split('/'))
        {
            if (reader.LocalName.Length > 0) reader.Enter();
            while (reader.ReadElement() && !reader.LocalName.SequenceEqual(Encoding.UTF8.GetBytes(name))) { }
        }

        string before = reader.ReadTreeCopy().ToString();
        var output = new ArrayBufferWriter<byte>();
        reader.CopyWithContext(output, Encoding.UTF8.GetBytes(there));
        string copy = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Equal(expected, copy);
        if (!xml.Contains("xml:lang", StringComparison.Ordinal))
            Assert.Equal(before, Element.Parse(copy, there).ToString());
        Assert.False(reader.ReadElement());
    }

    private static string Outline(ref XmlReader reader)
    {
        var names = new List<string>();
        while (reader.ReadElement())
        {
            string name = Encoding.UTF8.GetString(reader.LocalName);
            reader.Enter();
            string inside = Outline(ref reader);
            reader.Leave();
            names.Add(inside.Length > 0 ? $"{name}({inside})" : name);
        }

        return string.Join(' ', names);
    }
}

internal static class XmlReaderCopies
{
    public static Element ReadTreeCopy(this XmlReader reader) => reader.ReadTree();
}
