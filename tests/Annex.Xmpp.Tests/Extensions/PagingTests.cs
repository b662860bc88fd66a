using Annex.Xmpp.Extensions.Paging;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Xmpp.Tests.Extensions;

public sealed class PagingTests
{
    private static readonly string[] Letters = ["a", "b", "c", "d", "e", "f", "g"];

    private static Element Query(string set) =>
        Element.Parse($"<query xmlns='urn:q'><set xmlns='http://jabber.org/protocol/rsm'>{set}</set></query>");

    private static PageRequest Request(string set, int limit = 100)
    {
        Assert.True(PageRequest.TryRead(Query(set), limit, out var request, out var error), error?.Text);
        return request;
    }

    // XEP-0059 §2.
    [Theory]
    [InlineData("<max>3</max>", "abc", 0)]
    [InlineData("<max>3</max><after>c</after>", "def", 3)]
    [InlineData("<max>3</max><after>bb</after>", "cde", 2)]
    [InlineData("<max>3</max><after>g</after>", "", null)]
    [InlineData("<max>3</max><after/>", "abc", 0)]
    [InlineData("<max>3</max><before>d</before>", "abc", 0)]
    [InlineData("<max>2</max><before>d</before>", "bc", 1)]
    [InlineData("<max>2</max><before>dd</before>", "cd", 2)]
    [InlineData("<max>2</max><before/>", "fg", 5)]
    [InlineData("<max>2</max><before>a</before>", "", null)]
    [InlineData("<max>2</max><index>5</index>", "fg", 5)]
    [InlineData("<max>2</max><index>6</index>", "g", 6)]
    [InlineData("<max>2</max><index>7</index>", "", null)]
    [InlineData("<max>2</max><index>99999999999999</index>", "", null)]
    [InlineData("<max>0</max>", "", null)]
    [InlineData("<max>99999999999999</max>", "abcdefg", 0)]
    [InlineData("", "abcdefg", 0)]
    public void A_page_of_a_sorted_list_is_cut(string set, string expected, int? index)
    {
        var page = Pager.Sorted(Letters, letter => letter, Request(set));
        Assert.Equal(expected, string.Concat(page.Items));
        Assert.Equal(index, page.Result.FirstIndex);
        Assert.Equal(7, page.Result.Count);
        Assert.Equal(expected.Length == 0 ? null : expected[..1], page.Result.First);
        Assert.Equal(expected.Length == 0 ? null : expected[^1..], page.Result.Last);
    }

    [Theory]
    [InlineData("<max>2</max><after>b</after>", "cd")]
    [InlineData("<max>2</max><before>c</before>", "ab")]
    [InlineData("<max>2</max><before/>", "fg")]
    [InlineData("<max>2</max><after>bb</after>", null)]
    [InlineData("<max>2</max><before>bb</before>", null)]
    public void In_an_unsorted_list_an_item_that_is_gone_is_not_found(string set, string? expected)
    {
        var isFound = Pager.TryUnsorted(Letters, letter => letter, Request(set), out var page, out var error);
        Assert.Equal(expected is not null, isFound);
        Assert.Equal(expected, page is null ? null : string.Concat(page.Items));
        Assert.Equal(expected is null ? "item-not-found" : null, error?.Condition);
    }

    [Theory]
    [InlineData("<max>x</max>")]
    [InlineData("<max>-1</max>")]
    [InlineData("<max/>")]
    [InlineData("<max>1.5</max>")]
    [InlineData("<max>5</max><index>-1</index>")]
    [InlineData("<max>5</max><after>a</after><before>b</before>")]
    [InlineData("<max>5</max><after>a</after><index>1</index>")]
    public void A_request_that_makes_no_sense_is_refused(string set)
    {
        Assert.False(PageRequest.TryRead(Query(set), 10, out _, out var error));
        Assert.Equal("bad-request", error.Condition);
    }

    [Fact]
    public void A_UID_that_is_none_of_ours_is_not_found()
    {
        Assert.False(PageRequest.TryRead(Query($"<max>5</max><after>{new string('x', 2000)}</after>"), 10, out _, out var error));
        Assert.Equal("item-not-found", error.Condition);
    }

    [Fact]
    public void No_page_is_larger_than_the_service_allows()
    {
        Assert.Equal(3, Request("<max>100</max>", limit: 3).Max);
        Assert.True(PageRequest.TryRead(new Element("query", "urn:q"), 3, out var none, out _));
        Assert.Equal((3, false), (none.Max, none.IsExplicit));
        Assert.True(Pager.Sorted(Letters, letter => letter, none).IsPartial);
    }

    [Fact]
    public void Request_and_result_go_over_the_wire()
    {
        var request = Request("<max>3</max><before>d</before>");
        Assert.Equal("<set xmlns='http://jabber.org/protocol/rsm'><max>3</max><before>d</before></set>",
            request.ToElement().ToString());
        var result = new PageResult("a", "c", 0, 7);
        var set = result.ToElement();
        Assert.Equal(
            "<set xmlns='http://jabber.org/protocol/rsm'><first index='0'>a</first><last>c</last><count>7</count></set>",
            set.ToString());
        Assert.Equal(result, PageResult.Read(new Element("query", "urn:q").Add(set)));
        Assert.Equal("<set xmlns='http://jabber.org/protocol/rsm'><count>790</count></set>",
            new PageResult(null, null, null, 790).ToElement().ToString());
        Assert.Null(PageResult.Read(new Element("query", "urn:q")));
    }
}
