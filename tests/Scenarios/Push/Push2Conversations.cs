using Annex.Scenarios.Upload;
using Xunit;

namespace Annex.Scenarios.Push;

/// <summary>urn:xmpp:push2:0: the user's server encrypts and signs, this service carries.</summary>
public sealed class Push2Conversations(PushHostFixture fixture) : IClassFixture<PushHostFixture>
{
    private PushHost Host => fixture.Host;

    [Fact] // P21
    public async Task A_body_that_the_server_encrypted_is_carried_as_it_is()
    {
        var subscription = new TestSubscription(Host.Peer);
        await SendAsync("n1", subscription.Endpoint, "c2VhbGVk", "<priority>high</priority>");
        var push = await Host.Peer.NextAsync(subscription.Path);
        Assert.Equal("sealed", push.Text);
        Assert.Equal(("aes128gcm", "high"), (push["Content-Encoding"], push["Urgency"]));
        Assert.Equal("vapid t=aa.bb.cc, k=BDD", push["Authorization"]);
        Assert.Equal("", push["Topic"]);
    }

    [Theory] // P13, P14, P21
    [InlineData("https://10.0.0.1/x", "c2VhbGVk", "aa.bb.cc")]
    [InlineData("ftp://push.example/x", "c2VhbGVk", "aa.bb.cc")]
    public async Task A_URL_that_may_not_be_called_is_refused(string url, string payload, string jwt)
    {
        await SendAsync("e" + url.Length, url, payload, "", jwt);
        var error = await Host.Server.User("annex.test").ExpectSoon($"<message type='error' id='e{url.Length}' from='push.annex.test'>...</message>");
        Replies.AssertError(error, "modify", "not-acceptable");
    }

    [Theory] // P14, P21
    [InlineData("no base64!", "aa.bb.cc")]
    [InlineData("c2VhbGVk", "aa&#13;&#10;X: y")]
    public async Task What_makes_no_sense_is_a_bad_request(string payload, string jwt)
    {
        await SendAsync("m" + payload.Length, new TestSubscription(Host.Peer).Endpoint, payload, "", jwt);
        var error = await Host.Server.User("annex.test").ExpectSoon($"<message type='error' id='m{payload.Length}' from='push.annex.test'>...</message>");
        Replies.AssertError(error, "modify", "bad-request");
    }

    [Fact] // P21
    public async Task A_client_that_is_gone_is_told_as_such()
    {
        var subscription = new TestSubscription(Host.Peer);
        Host.Peer.Always(subscription.Path, 404);
        await SendAsync("g1", subscription.Endpoint, "c2VhbGVk", "");
        Replies.AssertError(await Host.Server.User("annex.test").ExpectSoon(
            "<message type='error' id='g1' from='push.annex.test'>...</message>"), "cancel", "item-not-found");
    }

    private Task SendAsync(string id, string url, string payload, string more, string jwt = "aa.bb.cc") => Host.Server.User("annex.test").Send(
        $"<message id='{id}' to='push.annex.test'><notification xmlns='urn:xmpp:push2:0'><client>{url}</client>{more}" +
        $"<encrypted xmlns='urn:xmpp:sce:rfc8291:0'><payload>{payload}</payload></encrypted><jwt key='BDD'>{jwt}</jwt></notification></message>");
}
