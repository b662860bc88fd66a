using Annex.Search.Index;
using Xunit;

namespace Annex.Search.Tests.Index;

public sealed class SearchTermsTests
{
    [Theory]
    [InlineData("Linux gaming", "linux* | gaming*")]
    [InlineData("\"water lilies\" pond", "water lilies | pond*")]
    [InlineData("“water lilies”", "water lilies")]
    [InlineData("an unclosed \"mark", "an* | unclosed* | mark*")]
    [InlineData("c++ & c#", "A search needs a word of at least 2 letters.")]
    [InlineData("c3po r2", "c3po* | r2*")]
    [InlineData("北京大学", "北 京 大 学")]
    [InlineData("a bee", "bee*")]
    [InlineData("🐙", "🐙")]
    [InlineData("room@example.org", "room* | example* | org*")]
    public void What_is_typed_becomes_words_and_phrases(string text, string expected)
    {
        var isGood = SearchTerms.TryParse(text, new SearchLimits(), out var terms, out var problem);
        Assert.Equal(expected, isGood
            ? string.Join(" | ", terms!.Phrases.Select((p, i) => string.Join(' ', p.Select(w => w.Text)) + (terms.IsOpen[i] ? "*" : "")))
            : problem);
    }

    [Fact]
    public void Nothing_that_can_be_typed_costs_more_than_its_limits()
    {
        Assert.False(SearchTerms.TryParse(new string('x', 1025), new SearchLimits(), out _, out var problem));
        Assert.Equal("A search has at most 1024 characters.", problem);
        var phrases = string.Join(' ', Enumerable.Range(0, 9).Select(n => $"\"word{n}\""));
        Assert.False(SearchTerms.TryParse(phrases, new SearchLimits(), out _, out problem));
        Assert.Equal("A search has at most 8 words.", problem);
        // Of words that somebody goes on typing the first count.
        Assert.True(SearchTerms.TryParse("aa bb cc dd ee ff gg hh ii jj", new SearchLimits(), out var first, out _));
        Assert.Equal(8, first.Phrases.Count);
        Assert.False(SearchTerms.TryParse("abc", new SearchLimits { MinTermLength = 4 }, out _, out problem));
        Assert.Equal("A search needs a word of at least 4 letters.", problem);
        Assert.True(SearchTerms.TryParse(new string('x', 1024), new SearchLimits(), out var terms, out _));
        Assert.Equal(Tokenizer.MaxWordLength, terms!.Phrases[0][0].Text.Length);
    }

    [Theory]
    [InlineData("it's")]
    [InlineData("ab'cd\\ef:*&|!()<->gh")]
    [InlineData("'' or 1=1 --")]
    public void Nothing_typed_becomes_an_operator_of_the_database(string text)
    {
        Assert.True(SearchTerms.TryParse(text, new SearchLimits { MinTermLength = 1 }, out var terms, out _));
        for (var term = 0; term < terms!.Phrases.Count; term++)
            Assert.Matches(@"^'\w+':\*?AB( <-> '\w+':\*?AB)*$", SearchVector.Query(terms, term, "AB"));
    }
}
