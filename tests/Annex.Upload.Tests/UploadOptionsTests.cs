using System.ComponentModel.DataAnnotations;
using Annex.Upload.Handlers;
using Annex.Upload.Slots;
using Annex.Xmpp.Addressing;
using Xunit;

namespace Annex.Upload.Tests;

public class UploadOptionsTests
{
    [Theory]
    [InlineData("https://upload.annex.test")]
    [InlineData("https://annex.test/upload/")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://localhost:8080/x")]
    [InlineData("http://[::1]:8080")]
    public void A_public_URL_is_https_or_on_loopback(string url) => Assert.Null(HttpOptions.ProblemWith(new Uri(url)));

    [Theory]
    [InlineData("http://upload.annex.test")]
    [InlineData("ftp://upload.annex.test")]
    [InlineData("https://upload.annex.test/?a=b")]
    [InlineData("https://user@upload.annex.test/")]
    public void Any_other_is_refused_with_its_key(string url)
    {
        var options = new HttpOptions { PublicUrl = new Uri(url) };
        Assert.Equal(["PublicUrl"], options.Validate(new ValidationContext(options)).SelectMany(result => result.MemberNames));
    }

    [Fact]
    public void The_limit_of_a_purpose_is_its_own_or_the_services()
    {
        var options = new UploadOptions { MaxFileSize = 100 };
        options.Purposes.Profile.MaxFileSize = 10;
        Assert.Equal((100, 10), (options.MaxSize(Purpose.Message), options.MaxSize(Purpose.Profile)));
    }

    [Theory] // U6
    [InlineData("ann@annex.test/phone", true)]
    [InlineData("guest@partner.test/x", true)]
    [InlineData("friend@far.test/x", true)]
    [InlineData("other@far.test/x", false)]
    [InlineData("annex.test", false)]
    [InlineData("muc.annex.test", false)]
    [InlineData("ann@sub.annex.test/x", false)]
    [InlineData("bot.far.test", true)]
    public void Only_our_users_and_those_that_the_operator_named_get_slots(string from, bool isAllowed)
    {
        var options = new UploadOptions
        {
            AllowDomains = ["partner.test"],
            AllowJids = ["friend@far.test", "bot.far.test"],
        };
        Assert.Equal(isAllowed, new Admission(new HashSet<string> { "annex.test" }, options).IsAllowed(Jid.Parse(from)));
    }
}
