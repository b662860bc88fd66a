using Annex.Upload.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Xunit;

namespace Annex.Upload.Tests;

public class PreconditionsTests
{
    private const string Before = "Sat, 21 Nov 2026 11:59:59 GMT";
    private const string Then = "Sat, 21 Nov 2026 12:00:00 GMT";
    private const string After = "Sat, 21 Nov 2026 12:00:01 GMT";

    private static readonly EntityTagHeaderValue Tag = new("\"t1\"");
    private static readonly DateTimeOffset Modified = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory] // RFC 9110 §13.2.2, step by step
    [InlineData("If-Match", "\"t1\"", 0)]
    [InlineData("If-Match", "*", 0)]
    [InlineData("If-Match", "\"t2\", \"t1\"", 0)]
    [InlineData("If-Match", "\"t2\"", 412)]
    [InlineData("If-Match", "W/\"t1\"", 412)]
    [InlineData("If-Match", "nonsense", 412)]
    [InlineData("If-Unmodified-Since", Before, 412)]
    [InlineData("If-Unmodified-Since", Then, 0)]
    [InlineData("If-Unmodified-Since", "yesterday", 0)]
    [InlineData("If-None-Match", "\"t1\"", 304)]
    [InlineData("If-None-Match", "W/\"t1\"", 304)]
    [InlineData("If-None-Match", "*", 304)]
    [InlineData("If-None-Match", "\"t2\"", 0)]
    [InlineData("If-Modified-Since", Then, 304)]
    [InlineData("If-Modified-Since", After, 304)]
    [InlineData("If-Modified-Since", Before, 0)]
    public void One_condition(string name, string value, int expected) => Assert.Equal(expected, Evaluate((name, value)));

    [Fact]
    public void A_tag_outranks_a_date()
    {
        Assert.Equal(0, Evaluate(("If-Match", "\"t1\""), ("If-Unmodified-Since", Before)));
        Assert.Equal(0, Evaluate(("If-None-Match", "\"t2\""), ("If-Modified-Since", After)));
        Assert.Equal(412, Evaluate(("If-Match", "\"t2\""), ("If-None-Match", "\"t1\"")));
    }

    [Theory] // §13.1.5
    [InlineData("\"t1\"", true)]
    [InlineData("\"t2\"", false)]
    [InlineData("W/\"t1\"", false)]
    [InlineData(Then, true)]
    [InlineData(Before, false)]
    [InlineData(After, false)]
    [InlineData("nonsense", false)]
    public void If_Range_is_exact(string value, bool holds) =>
        Assert.Equal(holds, Preconditions.RangeHolds(Headers(("If-Range", value)), Tag, Modified));

    [Fact]
    public void Without_If_Range_the_range_holds() => Assert.True(Preconditions.RangeHolds(Headers(), Tag, Modified));

    private static int Evaluate(params (string, string)[] headers) => Preconditions.Evaluate(Headers(headers), Tag, Modified);

    private static HeaderDictionary Headers(params (string Name, string Value)[] headers)
    {
        var dictionary = new HeaderDictionary();
        foreach (var (name, value) in headers) dictionary[name] = value;
        return dictionary;
    }
}
