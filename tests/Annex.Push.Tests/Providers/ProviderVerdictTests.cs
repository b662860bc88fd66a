using System.Net;
using Annex.Push.Providers;
using Annex.Push.Providers.Apns;
using Annex.Push.Providers.Fcm;
using Xunit;

namespace Annex.Push.Tests.Providers;

/// <summary>The networks' documented answers and what becomes of the registration (spec: error mapping).</summary>
public sealed class ProviderVerdictTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(200, "", PushVerdict.Delivered, false)]
    [InlineData(400, "BadDeviceToken", PushVerdict.Gone, false)]
    [InlineData(400, "DeviceTokenNotForTopic", PushVerdict.Gone, false)]
    [InlineData(400, "PayloadEmpty", PushVerdict.Rejected, false)]
    [InlineData(400, "TopicDisallowed", PushVerdict.Retry, true)]
    [InlineData(403, "InvalidProviderToken", PushVerdict.Retry, true)]
    [InlineData(403, "ExpiredProviderToken", PushVerdict.Retry, true)]
    [InlineData(410, "Unregistered", PushVerdict.Gone, false)]
    [InlineData(413, "PayloadTooLarge", PushVerdict.Rejected, false)]
    [InlineData(429, "TooManyRequests", PushVerdict.Retry, false)]
    [InlineData(429, "TooManyProviderTokenUpdates", PushVerdict.Retry, true)]
    [InlineData(500, "InternalServerError", PushVerdict.Retry, false)]
    [InlineData(503, "Shutdown", PushVerdict.Retry, false)]
    public void An_answer_of_APNs(int status, string reason, PushVerdict verdict, bool isOurFault)
    {
        var outcome = ApnsProvider.Judge((HttpStatusCode)status, Headers(), $$"""{"reason":"{{reason}}"}""", Now.AddDays(-1), Now);
        Assert.Equal((verdict, isOurFault), (outcome.Verdict, outcome.IsOurFault));
    }

    [Fact]
    public void APNs_saying_that_a_token_died_before_this_registration_was_made_does_not_end_the_registration()
    {
        var body = $$"""{"reason":"Unregistered","timestamp":{{Now.AddHours(-2).ToUnixTimeMilliseconds()}}}""";
        Assert.Equal(PushVerdict.Gone,
            ApnsProvider.Judge(HttpStatusCode.Gone, Headers(), body, Now.AddHours(-3), Now).Verdict);
        Assert.Equal(PushVerdict.Retry,
            ApnsProvider.Judge(HttpStatusCode.Gone, Headers(), body, Now.AddHours(-1), Now).Verdict);
    }

    [Theory]
    [InlineData(200, "", "", PushVerdict.Delivered, false)]
    [InlineData(404, "NOT_FOUND", "UNREGISTERED", PushVerdict.Gone, false)]
    [InlineData(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", PushVerdict.Gone, false)]
    [InlineData(403, "PERMISSION_DENIED", "", PushVerdict.Retry, true)]
    [InlineData(404, "NOT_FOUND", "", PushVerdict.Retry, true)]
    [InlineData(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", PushVerdict.Gone, false)]
    [InlineData(400, "INVALID_ARGUMENT", "", PushVerdict.Rejected, false)]
    [InlineData(401, "UNAUTHENTICATED", "", PushVerdict.Retry, true)]
    [InlineData(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", PushVerdict.Retry, false)]
    [InlineData(503, "UNAVAILABLE", "UNAVAILABLE", PushVerdict.Retry, false)]
    public void An_answer_of_FCM(int status, string google, string code, PushVerdict verdict, bool isOurFault)
    {
        var details = code.Length == 0 ? "" : $$""","details":[{"errorCode":"{{code}}"}]""";
        var body = $$$"""{"error":{"code":{{{status}}},"status":"{{{google}}}"{{{details}}}}}""";
        var outcome = FcmProvider.Judge((HttpStatusCode)status, Headers(), body, Now);
        Assert.Equal((verdict, isOurFault), (outcome.Verdict, outcome.IsOurFault));
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("Sat, 21 Nov 2026 12:05:00 GMT", 300)]
    [InlineData("99999999", 12 * 3600)]
    public void Retry_After_is_read_as_seconds_or_date_and_bounded(string value, double seconds)
    {
        var outcome = FcmProvider.Judge(HttpStatusCode.ServiceUnavailable, Headers(("Retry-After", value)), "", Now);
        Assert.Equal(TimeSpan.FromSeconds(seconds), outcome.RetryAfter);
    }

    [Theory]
    [InlineData("<html>busy</html>")]
    [InlineData("[]")]
    [InlineData("""{"error":7}""")]
    [InlineData("""{"reason":[]}""")]
    public void An_answer_that_is_not_what_the_network_documents_is_no_exception(string body)
    {
        Assert.Equal(PushVerdict.Retry, FcmProvider.Judge(HttpStatusCode.BadGateway, Headers(), body, Now).Verdict);
        Assert.Equal(PushVerdict.Retry,
            ApnsProvider.Judge(HttpStatusCode.BadGateway, Headers(), body, Now, Now).Verdict);
    }

    private static System.Net.Http.Headers.HttpResponseHeaders Headers(params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage();
        foreach (var (name, value) in headers) response.Headers.TryAddWithoutValidation(name, value);
        return response.Headers;
    }
}
