using Annex.Upload.Slots;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Upload.Tests;

public class SlotRequestTests
{
    private const string Purposes = "urn:xmpp:http:upload:purpose:0";

    [Fact]
    public void The_request_of_the_specification_is_read()
    {
        var request = Read("<request xmlns='urn:xmpp:http:upload:0' filename='très cool.jpg' size='23456' content-type='image/jpeg'/>");
        Assert.Equal(("très cool.jpg", 23456L, "image/jpeg", Purpose.Message),
            (request.FileName, request.Size, request.ContentType!.Text, request.Purpose));
    }

    [Fact]
    public void The_request_of_version_0_2_is_read()
    {
        var request = Read("<request xmlns='urn:xmpp:http:upload'><filename>a.jpg</filename><size>5</size>" +
            "<content-type>image/jpeg</content-type></request>");
        Assert.Equal(("a.jpg", 5L, "image/jpeg"), (request.FileName, request.Size, request.ContentType!.Text));
    }

    [Fact]
    public void An_empty_content_type_is_none() =>
        Assert.Null(Read("<request xmlns='urn:xmpp:http:upload:0' filename='a' size='1' content-type=''/>").ContentType);

    [Theory] // U4
    [InlineData("size='0'")]
    [InlineData("size='-1'")]
    [InlineData("size='1e3'")]
    [InlineData("size='1.0'")]
    [InlineData("size=' 1'")]
    [InlineData("size='+1'")]
    [InlineData("size='9223372036854775808'")]
    [InlineData("size='99999999999999999999999'")]
    [InlineData("size=''")]
    [InlineData("size='١'")]
    [InlineData("")]
    public void A_size_that_is_no_positive_whole_number_is_a_bad_request(string size) =>
        Assert.Equal("bad-request", Refuse($"<request xmlns='urn:xmpp:http:upload:0' filename='a' {size}/>"));

    [Fact]
    public void The_largest_number_is_still_a_number() => Assert.Equal(long.MaxValue,
        Read("<request xmlns='urn:xmpp:http:upload:0' filename='a' size='9223372036854775807'/>").Size);

    [Theory]
    [InlineData("<request xmlns='urn:xmpp:http:upload:0' size='1'/>")]
    [InlineData("<request xmlns='urn:xmpp:http:upload:0' filename='' size='1'/>")]
    [InlineData("<request xmlns='urn:xmpp:http:upload:0' filename='a' size='1' content-type='nonsense'/>")]
    [InlineData("<request xmlns='urn:xmpp:http:upload'/>")]
    public void A_request_without_name_or_with_a_wrong_type_is_bad(string xml) => Assert.Equal("bad-request", Refuse(xml));

    [Theory]
    [InlineData("<message xmlns='" + Purposes + "'/>", Purpose.Message)]
    [InlineData("<profile xmlns='" + Purposes + "'/>", Purpose.Profile)]
    [InlineData("<permanent xmlns='" + Purposes + "'/>", Purpose.Permanent)]
    [InlineData("<ephemeral xmlns='" + Purposes + "' expire-before='2026-12-01T00:00:00Z'/>", Purpose.Ephemeral)]
    [InlineData("<other xmlns='urn:example'/>", Purpose.Message)]
    public void A_purpose_is_a_child_in_its_own_namespace(string child, Purpose purpose) =>
        Assert.Equal(purpose, Read(With(child)).Purpose);

    [Fact]
    public void Expire_before_is_turned_into_utc()
    {
        var request = Read(With($"<ephemeral xmlns='{Purposes}' expire-before='2026-12-01T02:00:00.5+02:00'/>"));
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 0, 0, 0, 500, TimeSpan.Zero), request.ExpireBefore);
        Assert.Equal(TimeSpan.Zero, request.ExpireBefore!.Value.Offset);
    }

    [Theory] // U20
    [InlineData("<ephemeral xmlns='" + Purposes + "'/>")]
    [InlineData("<ephemeral xmlns='" + Purposes + "' expire-before='tomorrow'/>")]
    [InlineData("<ephemeral xmlns='" + Purposes + "' expire-before='2026-12-01T00:00:00'/>")]
    [InlineData("<ephemeral xmlns='" + Purposes + "' expire-before='2026-13-01T00:00:00Z'/>")]
    [InlineData("<unheard-of xmlns='" + Purposes + "'/>")]
    [InlineData("<message xmlns='" + Purposes + "'/><profile xmlns='" + Purposes + "'/>")]
    public void A_purpose_that_cannot_be_understood_is_a_bad_request(string children) =>
        Assert.Equal("bad-request", Refuse(With(children)));

    private static string With(string children) =>
        $"<request xmlns='urn:xmpp:http:upload:0' filename='a' size='1'>{children}</request>";

    private static SlotRequest Read(string xml)
    {
        Assert.True(SlotRequest.TryRead(Element.Parse(xml), out var request, out _));
        return request;
    }

    private static string Refuse(string xml)
    {
        Assert.False(SlotRequest.TryRead(Element.Parse(xml), out _, out var error));
        return error.Condition;
    }
}
