using System.Net;
using Annex.Push.Providers;
using Xunit;

namespace Annex.Push.Tests.Providers;

public sealed class EndpointPolicyTests
{
    private readonly EndpointPolicy _policy = new();

    [Theory]
    [InlineData("https://push.example.org/send/abc")]
    [InlineData("https://push.example.org:8443/send/abc?x=y")]
    [InlineData("https://93.184.216.34/send")]
    public void A_public_https_endpoint_is_taken(string url) => Assert.True(_policy.TryParse(url, out _));

    [Theory]
    [InlineData("http://push.example.org/send")]
    [InlineData("https://user:pw@push.example.org/send")]
    [InlineData("https://push.example.org:22/send")]
    [InlineData("https://push.example.org/send#fragment")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://10.1.2.3/")]
    [InlineData("https://172.16.0.1/")]
    [InlineData("https://192.168.1.1/")]
    [InlineData("https://100.64.0.1/")]
    [InlineData("https://0.0.0.0/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[fc00::1]/")]
    [InlineData("https://[fe80::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://[64:ff9b::a00:1]/")]
    [InlineData("https://[2002:a00:1::]/")]
    [InlineData("https://localhost/")]
    [InlineData("https://intranet/")]
    [InlineData("https://printer.local/")]
    [InlineData("https://push.example.org/\r\nHost: other")]
    [InlineData("https://push.example.org/a b")]
    [InlineData("ftp://push.example.org/")]
    [InlineData("//push.example.org/")]
    [InlineData("")]
    public void Anything_that_could_reach_inside_is_refused(string url) => Assert.False(_policy.TryParse(url, out _));

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2a00:1450::1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::ffff:192.168.0.1", false)]
    [InlineData("fd12::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2001:0:4136:e378::", false)]
    [InlineData("ff02::1", false)]
    public void Only_global_addresses_may_be_connected_to(string address, bool isAllowed) =>
        Assert.Equal(isAllowed, _policy.IsAllowed(IPAddress.Parse(address)));

    [Fact]
    public void With_an_allow_list_no_other_host_is_called()
    {
        var policy = new EndpointPolicy(["push.example.org"]);
        Assert.True(policy.TryParse("https://push.example.org/x", out _));
        Assert.False(policy.TryParse("https://other.example.org/x", out _));
    }

    [Fact]
    public void A_redirect_is_not_followed_and_a_name_that_resolves_inside_is_refused_at_the_connection()
    {
        var refused = Record.Exception(() => _policy.ConnectAsync(
            ContextFor("localhost"), CancellationToken.None).AsTask().GetAwaiter().GetResult());
        Assert.IsType<EndpointRefusedException>(refused);
    }

    private static SocketsHttpConnectionContext ContextFor(string host)
    {
        // The framework makes these itself; only what ConnectAsync reads is needed.
        var constructor = typeof(SocketsHttpConnectionContext)
            .GetConstructors(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)[0];
        return (SocketsHttpConnectionContext)constructor.Invoke([new DnsEndPoint(host, 443), new HttpRequestMessage()]);
    }
}
