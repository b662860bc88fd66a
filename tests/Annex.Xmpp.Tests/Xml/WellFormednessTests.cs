using System.Text;
using Annex.Xmpp.Tests.Stanzas;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Xml;

/// <summary>One row a rule. Every row is also split at every byte: what is wrong is found with the same
/// words.</summary>
public class WellFormednessTests
{
    [Theory]
    [InlineData("<message/>")]
    [InlineData("<message />")]
    [InlineData("<message\t\r\nto = 'a'\n/>")]
    [InlineData("<message></message >")]
    [InlineData("<message><a><b/></a><a/></message>")]
    [InlineData("<message><a-b._1/></message>")]
    [InlineData("<message><_/></message>")]
    [InlineData("<message><\u00e9l\u00e9ment attribut\u00e9='1'/></message>")]
    [InlineData("<message><\U00010400/></message>")]
    [InlineData("<message>a > b ] ]] ]> &#x5D;]></message>")]
    [InlineData("<message><![CDATA[]]></message>")]
    [InlineData("<message><![CDATA[<&]] ]>]]]]></message>")]
    [InlineData("<message><![CDATA[a]]>b<![CDATA[c]]>></message>")]
    [InlineData("<message>&lt;&gt;&amp;&quot;&apos;</message>")]
    [InlineData("<message>&#9;&#xA;&#x000000000000D;&#32;&#xD7FF;&#xE000;&#xFFFD;&#x10FFFF;&#1114111;</message>")]
    [InlineData("<message a='&lt;&quot;>\"' b=\"'&#60;\"/>")]
    [InlineData("<message>\t\n\r\u007f\u0085\u2028\ud7ff\ue000\ufffd\U0010ffff</message>")]
    [InlineData("<message><a xmlns:p='u' p:a='1' a='1'/></message>")]
    [InlineData("<message><p:a xmlns:p='u'><p:b/></p:a></message>")]
    [InlineData("<message><p:a xmlns:p='u'><p:b xmlns:p='v' p:c=''/></p:a></message>")]
    [InlineData("<message><a xmlns=''/></message>")]
    [InlineData("<message><a xml:lang='de' xml:space='preserve'/></message>")]
    [InlineData("<message><a xmlns:xml='http://www.w3.org/XML/1998/namespace'/></message>")]
    [InlineData("<message><xml:a/></message>")]
    [InlineData("<message><a xmlns:p='u' xmlns:q='v' p:a='' q:a=''/></message>")]
    [InlineData("<message><stream:a/></message>")]
    [InlineData("<message xmlnsx='1'/>")]
    public void This_is_well_formed(string xml)
    {
        var frames = Both(xml);
        Assert.Equal(2, frames.Count);
        Assert.StartsWith("Message", frames[1], StringComparison.Ordinal);
    }

    [Theory]
    // tags
    [InlineData("< message/>")]
    [InlineData("<message")]
    [InlineData("<message><a></message>")]
    [InlineData("<message><a></b></message>")]
    [InlineData("<message><a></ab></message>")]
    [InlineData("<message><ab></a></message>")]
    [InlineData("<message><a></a b></message>")]
    [InlineData("<message></ message>")]
    [InlineData("<message><1/></message>")]
    [InlineData("<message><-a/></message>")]
    [InlineData("<message><a!/></message>")]
    [InlineData("<message><a/ ></message>")]
    [InlineData("<message><\u00d7/></message>")]
    [InlineData("<message><></></message>")]
    [InlineData("<message><a<b/></message>")]
    // attributes
    [InlineData("<message a/>")]
    [InlineData("<message a=/>")]
    [InlineData("<message a=1/>")]
    [InlineData("<message a='1'b='2'/>")]
    [InlineData("<message a='<'/>")]
    [InlineData("<message a='1' a='2'/>")]
    [InlineData("<message a='1' b='' c='' a='2'/>")]
    [InlineData("<message 1='a'/>")]
    [InlineData("<message ='a'/>")]
    // references
    [InlineData("<message>&</message>")]
    [InlineData("<message>& b;</message>")]
    [InlineData("<message>&;</message>")]
    [InlineData("<message>&lt</message>")]
    [InlineData("<message>&#;</message>")]
    [InlineData("<message>&#x;</message>")]
    [InlineData("<message>&#a;</message>")]
    [InlineData("<message>&#X41;</message>")]
    [InlineData("<message>&#xG;</message>")]
    [InlineData("<message>&#0;</message>")]
    [InlineData("<message>&#8;</message>")]
    [InlineData("<message>&#xD800;</message>")]
    [InlineData("<message>&#xFFFE;</message>")]
    [InlineData("<message>&#x110000;</message>")]
    [InlineData("<message>&#99999999999999999999;</message>")]
    [InlineData("<message>&1;</message>")]
    [InlineData("<message a='&'/>")]
    [InlineData("<message a='&#1;'/>")]
    // text
    [InlineData("<message>]]></message>")]
    [InlineData("<message>a]]]></message>")]
    [InlineData("<message>\u0001</message>")]
    [InlineData("<message>\u0000</message>")]
    [InlineData("<message>\u001f</message>")]
    [InlineData("<message>\ufffe</message>")]
    [InlineData("<message a='\uffff'/>")]
    [InlineData("<message><![CDATA[\u0002]]></message>")]
    [InlineData("<message><![cdata[]]></message>")]
    [InlineData("<message><![CDAT]]></message>")]
    [InlineData("<message><![CDATA [x]]></message>")]
    [InlineData("<![CDATA[x]]>")]
    // namespaces
    [InlineData("<message><p:a/></message>")]
    [InlineData("<message p:a=''/>")]
    [InlineData("<message><a xmlns:p=''/></message>")]
    [InlineData("<message><:a/></message>")]
    [InlineData("<message><a:/></message>")]
    [InlineData("<message><p:a:b xmlns:p='u'/></message>")]
    [InlineData("<message><p:1 xmlns:p='u'/></message>")]
    [InlineData("<message><a xmlns:xmlns='u'/></message>")]
    [InlineData("<message><a xmlns:xml='u'/></message>")]
    [InlineData("<message><a xmlns:p='http://www.w3.org/XML/1998/namespace'/></message>")]
    [InlineData("<message><a xmlns='http://www.w3.org/XML/1998/namespace'/></message>")]
    [InlineData("<message><a xmlns='http://www.w3.org/2000/xmlns/'/></message>")]
    [InlineData("<message><xmlns:a/></message>")]
    [InlineData("<message><a xmlns:/></message>")]
    [InlineData("<message><a xmlns='u' xmlns='u'/></message>")]
    [InlineData("<message><a xmlns:p='u' xmlns:q='u' p:a='' q:a=''/></message>")]
    [InlineData("<message><a xmlns:p='u' xmlns:q='&#117;' p:a='' q:a=''/></message>")]
    [InlineData("<message><a xmlns:p='u'/><p:b/></message>")]
    [InlineData("</message>")]
    public void This_is_not_well_formed(string xml) => AssertBroken("not-well-formed", xml);

    [Theory]
    [InlineData("<!-- -->")]
    [InlineData("<!DOCTYPE a>")]
    [InlineData("<?xml version='1.0'?>")]
    [InlineData("<?php ?>")]
    [InlineData("<message><!-- --></message>")]
    [InlineData("<message><?a?></message>")]
    [InlineData("<message><!ENTITY a 'b'></message>")]
    [InlineData("<message>&nbsp;</message>")]
    [InlineData("<message a='&lol9;'/>")]
    [InlineData("<message>&LT;</message>")]
    public void This_is_restricted(string xml) => AssertBroken("restricted-xml", xml);

    [Theory]
    [InlineData("80")]
    [InlineData("C3 28")]
    [InlineData("C0 BC")]
    [InlineData("ED A0 80")]
    [InlineData("F4 90 80 80")]
    [InlineData("E2 82")]
    [InlineData("FF FE")]
    public void Bytes_that_are_not_UTF8_are_another_encoding(string hex)
    {
        byte[] wrong = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        foreach (string xml in new[] { "<message><body>|</body></message>", "<message a='|'/>",
            "<message><![CDATA[|]]></message>", "<message><a|/></message>" })
        {
            string[] parts = (Framing.Header + xml).Split('|');
            byte[] bytes = [.. Encoding.UTF8.GetBytes(parts[0]), .. wrong, .. Encoding.UTF8.GetBytes(parts[1])];
            for (int at = 1; at < bytes.Length; at++)
                Assert.Equal("unsupported-encoding", Framing.Run(bytes, null, at, int.MaxValue)[^1]);
        }
    }

    public static TheoryData<string, bool> Limited => new()
    {
        { "<message>" + Repeat("<a>", 3) + Repeat("</a>", 3) + "</message>", true },
        { "<message>" + Repeat("<a>", 4) + Repeat("</a>", 4) + "</message>", false },
        { "<message>" + Repeat("<a>", 3) + "<b/>" + Repeat("</a>", 3) + "</message>", false },
        { "<message a='' b='' c='' d=''/>", true },
        { "<message a='' b='' c='' d='' e=''/>", false },
        { "<message xmlns:a='u' xmlns:b='u'><x xmlns:c='u'/><x xmlns:c='u'/></message>", true },
        { "<message xmlns:a='u' xmlns:b='u'><x xmlns:c='u'><x xmlns:d='u'/></x></message>", false },
        { "<message xmlns:a='" + new string('u', 40) + "'/>", true },
        { "<message xmlns:a='" + new string('u', 41) + "'/>", false },
        { "<message>" + new string('x', 300 - 19) + "</message>", true },
        { "<message>" + new string('x', 301 - 19) + "</message>", false },
        { "<message>" + new string('x', 400), false },
        { "<" + new string('x', 400), false },
        { "<message a='" + new string('x', 400), false },
        { "<message>&" + new string('x', 400), false },
    };

    [Theory]
    [MemberData(nameof(Limited))]
    public void What_a_stanza_may_cost_is_limited(string xml, bool isAllowed)
    {
        var limits = new XmlLimits
        {
            MaxStanzaBytes = 300,
            MaxDepth = 4,
            MaxAttributes = 4,
            MaxNamespaces = 3,
            MaxNamespaceBytes = 40
        };
        var frames = Both(xml, limits);
        if (isAllowed) Assert.StartsWith("Message", frames[^1], StringComparison.Ordinal);
        else Assert.Equal("policy-violation", frames[^1]);
    }

    private static string Repeat(string s, int n) => string.Concat(Enumerable.Repeat(s, n));

    private static void AssertBroken(string condition, string xml)
    {
        // What follows shows that it is not read, and gives an unfinished tag its end.
        var frames = Both(xml + "<iq/>");
        Assert.Equal(2, frames.Count);
        Assert.Equal(condition, frames[1]);
    }

    private static List<string> Both(string xml, XmlLimits? limits = null)
    {
        // The header does not count against small limits.
        byte[] bytes = Encoding.UTF8.GetBytes((limits is null ? Framing.Header : Framing.BareHeader) + xml);
        var whole = Framing.Run(bytes, limits, int.MaxValue);
        Assert.Equal(whole, Framing.Run(bytes, limits, 1));
        for (int at = 1; at < bytes.Length; at++) Assert.Equal(whole, Framing.Run(bytes, limits, at, int.MaxValue));
        return whole;
    }
}
