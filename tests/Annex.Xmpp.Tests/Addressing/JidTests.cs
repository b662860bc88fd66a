using System.Text;
using Annex.Xmpp.Addressing;
using Xunit;

namespace Annex.Xmpp.Tests.Addressing;

public sealed class JidTests
{
    // RFC 7622 §3.5, compared as RFC 3454 profiles compare (localparts are folded: ß is ss, final sigma is sigma).
    [Theory]
    [InlineData("juliet@example.com", "juliet@example.com")]
    [InlineData("juliet@example.com/foo", "juliet@example.com/foo")]
    [InlineData("juliet@example.com/foo bar", "juliet@example.com/foo bar")]
    [InlineData("juliet@example.com/foo@bar", "juliet@example.com/foo@bar")]
    [InlineData("foo\\20bar@example.com", "foo\\20bar@example.com")]
    [InlineData("fussball@example.com", "fussball@example.com")]
    [InlineData("fu\u00DFball@example.com", "fussball@example.com")]
    [InlineData("\u03C0@example.com", "\u03C0@example.com")]
    [InlineData("\u03A3@example.com/foo", "\u03C3@example.com/foo")]
    [InlineData("\u03C2@example.com/foo", "\u03C3@example.com/foo")]
    [InlineData("king@example.com/\u265A", "king@example.com/\u265A")]
    [InlineData("example.com", "example.com")]
    [InlineData("example.com/foobar", "example.com/foobar")]
    [InlineData("a.example.com/b@example.net", "a.example.com/b@example.net")]
    [InlineData("henry\u2163@example.com", "henryiv@example.com")]
    [InlineData("JULIET@EXAMPLE.COM/Balcony", "juliet@example.com/Balcony")]
    [InlineData("juliet@example.com./a/b", "juliet@example.com/a/b")]
    [InlineData("B\u00DCCHER.example", "b\u00FCcher.example")]
    [InlineData("a@xn--bcher-kva.example", "a@b\u00FCcher.example")]
    [InlineData("a@127.0.0.1", "a@127.0.0.1")]
    [InlineData("a@[2001:DB8:0:0:0:0:0:1]/x", "a@[2001:db8::1]/x")]
    [InlineData("a@my_host", "a@my_host")]
    // XEP-0106 escapes are letters like others.
    [InlineData("d\\27artagnan@example.com", "d\\27artagnan@example.com")]
    [InlineData("\\26\\2f\\5C@example.com", "\\26\\2f\\5c@example.com")]
    public void An_address_is_prepared(string text, string prepared)
    {
        Assert.True(Jid.TryParse(text, out var jid));
        Assert.Equal(prepared, jid.ToString());
        Assert.Equal(prepared, Encoding.UTF8.GetString(jid.Utf8));
        Assert.Equal(Jid.Parse(prepared), jid);
        Assert.Same(Jid.Parse(prepared), jid);
    }

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("/")]
    [InlineData("a@")]
    [InlineData("@example.com")]
    [InlineData("@example.com/")]
    [InlineData("juliet@")]
    [InlineData("/foobar")]
    [InlineData("a@b/")]
    [InlineData("a@/b")]
    [InlineData("\"juliet\"@example.com")]
    [InlineData("foo bar@example.com")]
    [InlineData("a:b@example.com")]
    [InlineData("a@b@c")]
    [InlineData("a&b@c")]
    [InlineData("a\u00A0b@c")]
    [InlineData("a@b c")]
    [InlineData("a@b..c")]
    [InlineData("a@.c")]
    [InlineData("a@.")]
    [InlineData("a@c..")]
    [InlineData("a@[::1")]
    [InlineData("a@[127.0.0.1]")]
    [InlineData("a@[fe80::1%eth0]")]
    [InlineData("a@::1")]
    [InlineData("a@b\uFF0Fc\u00FC")]
    [InlineData("a@b\uFF20c\u00FC")]
    [InlineData("a@xn--zzzzzz99999.example")]
    [InlineData("a@b/\u0007")]
    [InlineData("a@b/x\u0000")]
    [InlineData("a@b/\uE000")]
    [InlineData("a@b/\uFFFD")]
    [InlineData("a@b/\uFDD0")]
    [InlineData("a@b/\uFFFE")]
    [InlineData("a@b/\u202E")]
    [InlineData("a@b/\u00AD")] // maps to nothing, and nothing is no resource
    [InlineData("\u00AD@b")]
    public void What_is_no_address_is_refused(string text)
    {
        Assert.False(Jid.TryParse(text, out _));
        Assert.Throws<FormatException>(() => Jid.Parse(text));
    }

    [Theory]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0x61, 0x40, 0x62, 0x2F, 0xF8 })]
    public void Bytes_that_are_no_UTF8_are_refused_and_yet_kept_when_the_server_delivers_them(byte[] bytes)
    {
        Assert.False(Jid.TryParse(bytes, out _));
        var jid = Jid.FromServer(bytes)!;
        Assert.Equal(bytes, jid.Utf8.ToArray());
        Assert.Equal(jid, Jid.FromServer(bytes));
    }

    [Fact]
    public void A_lone_surrogate_is_refused()
    {
        Assert.False(Jid.TryParse("a@b/\uD800", out _));
        Assert.False(Jid.Parse("a@b").TryWithResource("\uDC00", out _));
    }

    [Fact]
    public void Each_part_may_have_1023_bytes()
    {
        var local = new string('l', 1023);
        var domain = string.Join('.', Enumerable.Repeat(new string('d', 63), 16))[..1023];
        var resource = new string('r', 1023);
        var longest = $"{local}@{domain}/{resource}";
        Assert.Equal(Jid.MaxBytes, longest.Length);
        Assert.True(Jid.TryParse(longest, out var jid));
        Assert.Equal((local, domain, resource), (jid.Local, jid.Domain, jid.Resource));
        Assert.False(Jid.TryParse($"l{local}@d", out _));
        Assert.False(Jid.TryParse($"{local[..1022]}\u00E9@d", out _));
        Assert.False(Jid.TryParse($"l@d{domain}", out _));
        Assert.False(Jid.TryParse($"l@d/{resource}r", out _));
        Assert.True(Jid.TryParse($"l@d/{resource[..1021]}\u00E9", out _));
        Assert.False(Jid.TryParse($"l@{new string('d', 64)}.example", out _));
        Assert.False(Jid.TryParse(longest + new string('r', 5000), out _));
    }

    [Fact]
    public void The_parts_of_an_address_are_there_as_text_and_as_bytes()
    {
        var jid = Jid.Parse("romeo@montague.example/orchard");
        Assert.Equal(("romeo", "montague.example", "orchard"), (jid.Local, jid.Domain, jid.Resource));
        Assert.True(jid.LocalUtf8.SequenceEqual("romeo"u8));
        Assert.True(jid.DomainUtf8.SequenceEqual("montague.example"u8));
        Assert.True(jid.ResourceUtf8.SequenceEqual("orchard"u8));
        Assert.True(jid.HasLocal);
        Assert.False(jid.IsBare);
        Assert.Equal("romeo@montague.example", jid.Bare.ToString());
        Assert.Equal("montague.example", jid.DomainJid.ToString());
        var domain = Jid.Parse("montague.example");
        Assert.Null(domain.Local);
        Assert.Null(domain.Resource);
        Assert.Same(domain, domain.Bare);
        Assert.Same(domain, domain.DomainJid);
        Assert.Equal(domain, Jid.Parse("montague.example/x").DomainJid);
    }

    [Fact]
    public void The_bare_address_is_shared()
    {
        var one = Jid.Parse("share@montague.example/one");
        var two = Jid.Parse("share@montague.example/two");
        Assert.Same(one.Bare, two.Bare);
        Assert.Same(one.Bare, Jid.Parse("share@montague.example"));
        Assert.Same(one.Bare, one.Bare.Bare);
    }

    [Theory]
    [InlineData("ro&om@m/x")]
    [InlineData("Romeo@Montague.Example/Orchard")]
    [InlineData("room@m/")]
    [InlineData("@m")]
    [InlineData("a@b@c/d")]
    [InlineData("a@b/x\u0007y")]
    [InlineData("\u2090nna@b")]
    [InlineData("/")]
    public void What_the_server_delivers_is_neither_refused_nor_changed(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var jid = Jid.FromServer(bytes);
        Assert.NotNull(jid);
        Assert.Equal(bytes, jid.Utf8.ToArray());
        Assert.Equal(jid, Jid.FromServer(bytes));
        Assert.NotNull(jid.Bare);
        Assert.NotNull(jid.DomainJid);
    }

    [Fact]
    public void Nothing_from_the_server_is_no_address() => Assert.Null(Jid.FromServer(default));

    [Fact]
    public void What_the_server_delivers_is_compared_by_its_prepared_form()
    {
        var delivered = Jid.FromServer("Romeo@Montague.example/Orchard"u8)!;
        var prepared = Jid.Parse("romeo@montague.example/Orchard");
        Assert.True(delivered == prepared);
        Assert.Equal(prepared.GetHashCode(), delivered.GetHashCode());
        Assert.Equal(0, prepared.CompareTo(delivered));
        Assert.Equal(prepared.ToString(), delivered.ToString());
        Assert.Equal(prepared.Bare, delivered.Bare);
        Assert.True(delivered.Bare.Utf8.SequenceEqual("Romeo@Montague.example"u8));
        Assert.True(delivered.Escaped.SequenceEqual("Romeo@Montague.example/Orchard"u8));
        // Asking strictly for the same bytes gives the prepared writing.
        Assert.Equal("romeo@montague.example/Orchard", Encoding.UTF8.GetString(Jid.Parse("Romeo@Montague.example/Orchard").Utf8));
    }

    [Fact]
    public void A_resource_that_cannot_be_prepared_does_not_hide_whose_it_is()
    {
        var jid = Jid.FromServer("Romeo@montague.example/\u0007"u8)!;
        Assert.Equal(Jid.Parse("romeo@montague.example"), jid.Bare);
        Assert.Equal("\u0007", jid.Resource);
        Assert.False(Jid.TryParse(jid.Utf8, out _));
    }

    [Theory]
    [InlineData("a@b/plain", "a@b/plain")]
    [InlineData("a@b/<&>\"'", "a@b/&lt;&amp;&gt;&quot;&apos;")]
    [InlineData("a@b/\u00E9 'x'", "a@b/\u00E9 &apos;x&apos;")]
    public void The_escaped_form_fits_an_attribute_in_either_quote(string text, string escaped)
    {
        var jid = Jid.Parse(text);
        Assert.Equal(escaped, Encoding.UTF8.GetString(jid.Escaped));
        Assert.Equal(text, Encoding.UTF8.GetString(jid.Utf8));
        Assert.Equal(text == escaped, jid.Escaped == jid.Utf8);
        Assert.Equal("a@b", Encoding.UTF8.GetString(jid.Bare.Escaped));
    }

    [Fact]
    public void Delivered_white_space_survives_its_way_back()
    {
        var jid = Jid.FromServer("a@b/\t\r\n"u8)!;
        Assert.Equal("a@b/&#9;&#13;&#10;", Encoding.UTF8.GetString(jid.Escaped));
    }

    [Fact]
    public void A_resource_is_put_on_the_bare_address()
    {
        var jid = Jid.Parse("room@muc.example/old");
        Assert.True(jid.TryWithResource("N\u00EDck\u00AD", out var nick));
        Assert.Equal("room@muc.example/N\u00EDck", nick.ToString());
        Assert.Same(Jid.Parse("room@muc.example/N\u00EDck"), nick);
        Assert.True(jid.TryWithResource("a/b@c", out var odd));
        Assert.Equal("a/b@c", odd.Resource);
        Assert.False(jid.TryWithResource("", out _));
        Assert.False(jid.TryWithResource("\u00AD", out _));
        Assert.False(jid.TryWithResource("a\u0007", out _));
        Assert.False(jid.TryWithResource(new string('n', 1024), out _));
        Assert.True(jid.TryWithResource(new string('n', 1023), out _));
        var delivered = Jid.FromServer("ROOM@muc.example"u8)!;
        Assert.True(delivered.TryWithResource("Nick", out var kept));
        Assert.Equal("ROOM@muc.example/Nick", Encoding.UTF8.GetString(kept.Utf8));
        Assert.Equal(Jid.Parse("room@muc.example/Nick"), kept);
    }

    [Fact]
    public void Order_is_total_and_agrees_with_equality()
    {
        string[] sorted =
        [
            "a.example", "a.example/r", "a@a.example", "a@a.example/A", "a@a.example/a", "b@a.example", "b.example",
            "a@b.example", "a@\u00FC.example", "a@\u4E2D.example",
        ];
        var jids = sorted.Select(Jid.Parse).ToArray();
        for (var i = 0; i < jids.Length; i++)
        {
            for (var j = 0; j < jids.Length; j++)
            {
                Assert.Equal(Math.Sign(i.CompareTo(j)), Math.Sign(jids[i].CompareTo(jids[j])));
                Assert.Equal(i == j, jids[i] == jids[j]);
                Assert.Equal(i != j, jids[i] != jids[j]);
            }
        }

        Assert.True(jids[0].CompareTo(null) > 0);
        Jid? none = null;
        Assert.True(none == null);
        Assert.False(jids[0] == none);
        Assert.False(none == jids[0]);
        Assert.False(jids[0].Equals("a.example"));
    }

    [Fact]
    public void A_typical_full_address_takes_less_than_120_bytes()
    {
        Jid.Parse("warm@example.org/up");
        var texts = Enumerable.Range(0, 1000)
            .Select(i => Encoding.UTF8.GetBytes($"occupant{i:0000}@example.org/Mobile")).ToArray();
        var jids = new Jid[texts.Length];
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < texts.Length; i++)
        {
            _ = Jid.TryParse(texts[i], out jids[i]!);
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / texts.Length;
        Assert.InRange(each, 48, 120);
        GC.KeepAlive(jids);
    }
}
