using System.Text;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Stanzas;

/// <summary>A stanza that breaks a limit is thrown away, its sender known, and the stream goes on.</summary>
public sealed class ExcessTests
{
    private static readonly XmlLimits Limits = new()
    {
        MaxStanzaBytes = 4000,
        MaxDepth = 8,
        MaxAttributes = 6,
        MaxNamespaces = 5,
        MaxNamespaceBytes = 60,
    };

    public static TheoryData<string, string> Excesses => new()
    {
        { "deep", Repeat("<a>", 500) + Repeat("</a>", 500) },
        { "deep, with names that have to match", Repeat("<a><b x='>'>", 50) + Repeat("</b></a>", 50) },
        { "attributes", "<a " + Repeat(n => $"a{n}='' ", 300) + "/>" },
        { "attributes twice", "<a b='' c='' d='' e='' f='' g='' h='' h='' h=''>text</a>" },
        { "namespaces", Repeat(n => $"<a xmlns:n{n}='urn:{n}'>", 7) + Repeat("</a>", 7) },
        { "namespaces of one tag", "<a xmlns:a='1' xmlns:b='2' xmlns:c='3' xmlns:d='4' xmlns:e='5' xmlns:f='6'><f:x/></a>" },
        { "a namespace's name", $"<a xmlns='{new string('n', 61)}'><b/></a>" },
        { "long", $"<a>{new string('x', 5000)}</a>" },
        { "long and escaped", $"<a>{Repeat("&apos;", 5000)}</a>" },
    };

    [Theory]
    [MemberData(nameof(Excesses))]
    public void The_stream_goes_on_behind_it(string what, string content)
    {
        Assert.NotEmpty(what);
        var bytes = Encoding.UTF8.GetBytes(Framing.Header
            + $"<iq type='get' id='e' from='evil@example.org/x' to='muc.example.org'>{content}</iq>"
            + "<message from='a@b' to='c@d'><body>fine</body></message>");
        foreach (var size in new[] { int.MaxValue, 1, 7, 1000 })
        {
            var frames = Read(new StanzaFramer(Limits, toleratesExcess: true), bytes, size);
            Assert.Equal(["Header", "Refused Iq Get e evil@example.org/x", "Stanza Message Normal  a@b"], frames);
        }
    }

    [Fact]
    public void Where_not_even_the_head_is_understood_nobody_is_known()
    {
        var bytes = Encoding.UTF8.GetBytes(Framing.Header + $"<iq from='a@b' {Repeat(n => $"a{n}='' ", 300)}><x/></iq><message from='a@b'/>");
        Assert.Equal(["Header", "Refused", "Stanza Message Normal  a@b"], Read(new StanzaFramer(Limits, toleratesExcess: true), bytes, 9));
    }

    [Fact]
    public void What_is_not_well_formed_or_has_no_end_still_ends_the_stream()
    {
        foreach (var (bad, condition) in new[]
                 {
                     (Repeat("<a>", 20) + Repeat("</b>", 20), "not-well-formed"), (new string('x', 4000 * 17), "policy-violation"),
                     (Repeat("<a>", 20) + "&bad;", "not-well-formed"),
                 })
        {
            var framer = new StanzaFramer(Limits, toleratesExcess: true);
            var bytes = Encoding.UTF8.GetBytes(Framing.Header + "<iq>" + bad);
            Assert.Contains(Assert.Throws<XmlStreamException>(() => Read(framer, bytes, 100)).Condition,
                new[] { condition, "restricted-xml" });
        }
    }

    [Fact]
    public void A_stream_of_its_own_kind_is_ended_as_before()
    {
        var bytes = Encoding.UTF8.GetBytes(Framing.Header + $"<iq>{Repeat("<a>", 20)}");
        Assert.Equal("policy-violation", Assert.Throws<XmlStreamException>(() => Read(new StanzaFramer(Limits), bytes, 100)).Condition);
    }

    private static List<string> Read(StanzaFramer framer, byte[] bytes, int size)
    {
        var frames = new List<string>();
        for (var at = 0; at < bytes.Length; at += Math.Min(size, bytes.Length))
        {
            ReadOnlySpan<byte> piece = bytes.AsSpan(at, Math.Min(Math.Min(size, bytes.Length), bytes.Length - at)).ToArray();
            FrameKind kind;
            while ((kind = framer.Read(ref piece, out var stanza)) != FrameKind.NeedMore)
            {
                frames.Add($"{kind}" + (stanza is null ? "" : $" {stanza.Kind} {stanza.Type} {stanza.Id} {stanza.From}"));
                stanza?.Dispose();
            }
        }
        framer.Dispose();
        return frames;
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static string Repeat(Func<int, string> text, int times) => string.Concat(Enumerable.Range(0, times).Select(text));
}
