using Annex.Upload.Http;
using Xunit;

namespace Annex.Upload.Tests;

public class RangeTests
{
    [Theory] // U15, of a file of 10 bytes
    [InlineData("bytes=0-0", "0-0")]
    [InlineData("bytes=5-", "5-9")]
    [InlineData("bytes=-5", "5-9")]
    [InlineData("bytes=-50", "0-9")]
    [InlineData("bytes=0-99", "0-9")]
    [InlineData("BYTES = 2-3", "2-3")]
    [InlineData("bytes=0-1,4-5", "0-1 4-5")]
    [InlineData("bytes=4-5, 0-1", "4-5 0-1")]
    [InlineData("bytes=0-1,,4-5", "0-1 4-5")]
    [InlineData("bytes=0-5,3-7,9-9", "0-7 9-9")]
    [InlineData("bytes=0-0,20-30", "0-0")]
    [InlineData("bytes=99999999999999999999-", "")]
    [InlineData("bytes=10-", "")]
    [InlineData("bytes=10-12", "")]
    [InlineData("bytes=-0", "")]
    public void Ranges_are_held_against_the_length(string header, string expected) => Assert.Equal(expected,
        string.Join(' ', RangeHeader.Read(header, 10, 16)!.Select(range => $"{range.First}-{range.Last}")));

    [Theory] // RFC 9110 §14.2: ignored
    [InlineData(null)]
    [InlineData("")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=,")]
    [InlineData("lines=0-1")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=5-2")]
    [InlineData("bytes=-")]
    [InlineData("bytes=--5")]
    [InlineData("bytes=0-1,x")]
    [InlineData("bytes=0-0,1-1,2-2,3-3")]
    public void What_is_malformed_or_too_much_is_ignored(string? header) => Assert.Null(RangeHeader.Read(header, 10, 3));

    [Fact]
    public void Many_overlapping_ranges_never_ask_for_more_than_the_file()
    {
        var header = "bytes=" + string.Join(',', Enumerable.Repeat("0-", 16));
        Assert.Equal(10, RangeHeader.Read(header, 10, 16)!.Sum(range => range.Length));
    }
}
