using System.Text;
using Annex.Xmpp.Addressing;
using Xunit;

namespace Annex.Xmpp.Tests.Addressing;

public sealed class StringprepTests
{
    private static string? Node(string text) => Prepare(text, isNode: true);

    private static string? Resource(string text) => Prepare(text, isNode: false);

    private static string? Prepare(string text, bool isNode)
    {
        var output = new byte[1023];
        var utf8 = Encoding.UTF8.GetBytes(text);
        var isAllowed = isNode
            ? Stringprep.TryNodeprep(utf8, output, out var written)
            : Stringprep.TryResourceprep(utf8, output, out written);
        return isAllowed ? Encoding.UTF8.GetString(output, 0, written) : null;
    }

    // RFC 3454 B.1, B.2, NFKC.
    [Theory]
    [InlineData("foo\u00AD\u034F\u1806\u180B\u180C\u180Dbar\u200B\u2060baz\uFE00\uFE08\uFE0F\uFEFF", "foobarbaz")]
    [InlineData("CAFE", "cafe")]
    [InlineData("\u00DF", "ss")]
    [InlineData("\u0130", "i\u0307")]
    [InlineData("\u00B5", "\u03BC")]
    [InlineData("\u017F", "s")]
    [InlineData("\u0345", "\u03B9")]
    [InlineData("\u03C2", "\u03C3")]
    [InlineData("\u01F0", "\u01F0")]
    [InlineData("\u0390", "\u0390")]
    [InlineData("\u03B0", "\u03B0")]
    [InlineData("\u1E96", "\u1E96")]
    [InlineData("\u1E9A", "a\u02BE")]
    [InlineData("\u1E9B", "\u1E61")]
    [InlineData("\u1F56", "\u1F56")]
    [InlineData("\u1FB7", "\u1FB6\u03B9")]
    [InlineData("\u1F80", "\u1F00\u03B9")]
    [InlineData("\u1F88", "\u1F00\u03B9")]
    [InlineData("\u2126", "\u03C9")]
    [InlineData("\u212B", "\u00E5")]
    [InlineData("A\u030A", "\u00E5")]
    [InlineData("\u2121\u33C6\U0001D7BB", "telc\u2215kg\u03C3")]
    [InlineData("\U00010400", "\U00010428")]
    [InlineData("\uFB01\uFF21", "fia")]
    [InlineData("\u2163", "iv")]
    [InlineData("\u1E9E", "\u1E9E")] // 5.1: unassigned, hence unmapped
    [InlineData("\u2090", "\u2090")] // 4.1
    [InlineData("\u0241", "\u0241")] // 5.0
    [InlineData("\u2132\u2183\u04C0\u10A0\u13A0", "\u2132\u2183\u04C0\u10A0\u13A0")] // lower cases came after 3.2
    [InlineData("\U0001F600", "\U0001F600")]
    public void Nodeprep_maps_and_normalises(string text, string expected)
    {
        Assert.Equal(expected, Node(text));
        Assert.Equal(expected, Node(expected));
    }

    [Theory]
    [InlineData("CAFE", "CAFE")]
    [InlineData("\u00DF\u03C2", "\u00DF\u03C2")]
    [InlineData("a \u2163 b", "a IV b")]
    [InlineData("\uFF21\u00AD", "A")]
    [InlineData("o\u0308\u2090o\u0308", "\u00F6\u2090\u00F6")]
    public void Resourceprep_keeps_case_and_normalises(string text, string expected) => Assert.Equal(expected, Resource(text));

    [Theory]
    [InlineData("\u00A0")]
    [InlineData("\u1680")]
    [InlineData("\u2000")]
    [InlineData("\u3000")]
    [InlineData(" ")]
    [InlineData("\"")]
    [InlineData("&")]
    [InlineData("'")]
    [InlineData("/")]
    [InlineData(":")]
    [InlineData("<")]
    [InlineData(">")]
    [InlineData("@")]
    [InlineData("\uFF20")]
    [InlineData("\u037A")]
    [InlineData("\uFE76")]
    public void Nodeprep_prohibits_spaces_and_separators_also_when_normalising_makes_them(string text) =>
        Assert.Null(Node("a" + text + "b"));

    [Theory]
    [InlineData("\u0010")]
    [InlineData("\u007F")]
    [InlineData("\u0085")]
    [InlineData("\u06DD")]
    [InlineData("\u070F")]
    [InlineData("\u180E")]
    [InlineData("\u200E")]
    [InlineData("\u2028")]
    [InlineData("\u202A")]
    [InlineData("\u2061")]
    [InlineData("\u206A")]
    [InlineData("\u2FF5")]
    [InlineData("\u0340")]
    [InlineData("\u0341")]
    [InlineData("\uE000")]
    [InlineData("\uF8FF")]
    [InlineData("\uFDD0")]
    [InlineData("\uFFF9")]
    [InlineData("\uFFFC")]
    [InlineData("\uFFFD")]
    [InlineData("\uFFFE")]
    [InlineData("\uFFFF")]
    [InlineData("\U0001D175")]
    [InlineData("\U0001FFFE")]
    [InlineData("\U000E0001")]
    [InlineData("\U000E0042")]
    [InlineData("\U000F1234")]
    [InlineData("\U0010FFFF")]
    public void Both_profiles_prohibit_what_the_C_tables_name(string text)
    {
        // NFKC (§4) makes plain accents of U+0340 and U+0341 before §5 looks.
        var isNormalisedAway = text is "\u0340" or "\u0341";
        Assert.Equal(isNormalisedAway, Node("a" + text + "b") is not null);
        Assert.Equal(isNormalisedAway, Resource("a" + text + "b") is not null);
    }

    // RFC 3454 §6.
    [Theory]
    [InlineData("foo\u05BEbar", false)]
    [InlineData("foo\uFD50bar", false)]
    [InlineData("\u0627\u0031", false)]
    [InlineData("\u0031\u0627", false)]
    [InlineData("\u0627\u0031\u0628", true)]
    [InlineData("\u05D0\u05D1", true)]
    [InlineData("\u05D0a\u05D1", false)]
    [InlineData("\u0661\u0662", true)]
    [InlineData("abc\u0661", true)]
    public void Directions_do_not_mix(string text, bool isAllowed)
    {
        Assert.Equal(isAllowed, Node(text) is not null);
        Assert.Equal(isAllowed, Resource(text) is not null);
    }

    [Fact]
    public void The_tables_have_the_sizes_of_the_RFC()
    {
        Assert.Equal(396, CountRanges(StringprepTables.Unassigned));
        Assert.Equal(34, CountRanges(StringprepTables.RightToLeft));
        Assert.Equal(360, CountRanges(StringprepTables.LeftToRight));
        Assert.True(StringprepTables.Unassigned.Contains(0x0221));
        Assert.False(StringprepTables.Unassigned.Contains(0x0220));
        Assert.True(StringprepTables.Unassigned.Contains(0xE0080));
        Assert.False(StringprepTables.Unassigned.Contains(0x10FFFD));
        Assert.True(StringprepTables.LeftToRight.Contains('A'));
        Assert.True(StringprepTables.LeftToRight.Contains(0x10FFFD));
        Assert.False(StringprepTables.LeftToRight.Contains('1'));
    }

    [Fact]
    public void No_input_makes_preparation_throw_and_what_it_gives_is_stable()
    {
        var random = new Random(3454);
        int[] interesting = [0x41, 0x2F, 0x40, 0xDF, 0x130, 0x345, 0x390, 0x3A9, 0x5D0, 0x627, 0x661, 0x1100, 0x1161, 0x1F80,
            0x2090, 0x2121, 0xAC00, 0xFB01, 0xFDFA, 0xFE0F, 0xFF21, 0x10400, 0x1D7BB, 0x1F600, 0x2F868, 0x300, 0x327, 0x20];
        for (var n = 0; n < 20_000; n++)
        {
            var builder = new StringBuilder();
            for (var i = random.Next(1, 8); i > 0; i--)
            {
                var value = random.Next(4) == 0 ? random.Next(0x11_0000) : interesting[random.Next(interesting.Length)];
                builder.Append(Rune.IsValid(value) ? new Rune(value) : new Rune('x'));
            }

            var text = builder.ToString();
            if (Jid.TryParse(text + "@example.org/" + text, out var jid))
            {
                Assert.Same(jid, Jid.Parse(jid.ToString()));
            }

            var bytes = Encoding.UTF8.GetBytes(text);
            var delivered = Jid.FromServer(bytes)!;
            Assert.Equal(bytes, delivered.Utf8.ToArray());
            if (Jid.TryParse(bytes, out var strict))
            {
                Assert.Equal(strict, delivered);
            }
        }
    }

    [Fact]
    public void An_invariant_runtime_is_refused()
    {
        Globalization.EnsureUsable();
        Assert.False(Globalization.IsUsable("\uFB01", "A\u030A"));
    }

    private static int CountRanges(CodePointSet set)
    {
        var count = 0;
        var was = false;
        for (var i = 0; i <= 0x10FFFF; i++)
        {
            var now = set.Contains(i);
            count += now && !was ? 1 : 0;
            was = now;
        }

        return count;
    }
}
