using System.Text;
using Annex.Search.Index;
using Xunit;

namespace Annex.Search.Tests.Index;

public sealed class OrderTests
{
    [Fact]
    public void Addresses_are_ordered_as_their_octets_are()
    {
        var random = new Random(5);
        int[] runes = ['a', 'z', 'é', 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0x10000, 0x1F600, 0x10FFFF];
        for (var i = 0; i < 5000; i++)
        {
            var (x, y) = (Text(), Text());
            var expected = Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y));
            Assert.Equal(Math.Sign(expected), Math.Sign(AddressOrder.Compare(x, y)));
        }
        string Text() => string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => new Rune(runes[random.Next(runes.Length)]).ToString()));
    }

    [Theory]
    [InlineData(SortKey.Relevance, "6931 a@b", true)]
    [InlineData(SortKey.Occupants, "0 a b@c", true)]
    [InlineData(SortKey.Address, "anything at all", true)]
    [InlineData(SortKey.Relevance, "-1 a@b", false)]
    [InlineData(SortKey.Occupants, "a@b", false)]
    [InlineData(SortKey.Occupants, "99999999999 a@b", false)]
    [InlineData(SortKey.Occupants, " a@b", false)]
    [InlineData(SortKey.Occupants, "", false)]
    public void A_cursor_is_one_of_ours_or_none(SortKey sort, string text, bool isOurs)
    {
        Assert.Equal(isOurs, Cursor.TryParse(text, sort, out var cursor));
        if (isOurs)
            Assert.Equal(text, cursor!.Value.ToText(sort));
    }

    [Fact]
    public void Activity_follows_the_number_of_people_slowly()
    {
        Assert.Equal(10, Activity.Next(10, 90, TimeSpan.Zero));
        Assert.Equal(10, Activity.Next(10, 90, TimeSpan.FromHours(-1)));
        Assert.InRange(Activity.Next(10, 90, Activity.TimeConstant), 60, 61);
        Assert.Equal(90, Activity.Next(10, 90, TimeSpan.FromDays(30)), 1e-9);
        // In two steps as in one.
        var half = Activity.Next(10, 90, TimeSpan.FromHours(1));
        Assert.Equal(Activity.Next(10, 90, TimeSpan.FromHours(2)), Activity.Next(half, 90, TimeSpan.FromHours(1)), 1e-9);
    }

    [Fact]
    public void A_word_in_the_name_weighs_as_much_as_twenty_times_the_people()
    {
        Assert.InRange(Relevance.Popularity(20 * 100) - Relevance.Popularity(100), Relevance.InName - 20, Relevance.InName + 20);
        Assert.Equal(0, Relevance.Popularity(0));
        Assert.Equal(0, Relevance.Popularity(-5));
        Assert.True(Relevance.Exact > Relevance.InName && Relevance.InName > Relevance.InAddressOrTags);
    }
}
