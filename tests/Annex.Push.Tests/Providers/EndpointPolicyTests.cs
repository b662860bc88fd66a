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
    [InlineData("https://localhost./")]
    [InlineData("https://127.0.0.1./")]
    [InlineData("https://printer.local./")]
    [InlineData("https://%31%32%37.0.0.1/")]
    [InlineData("https://127.0.0.1%2f@push.example.org/")]
    [InlineData("https://[::ffff:7f00:1]/")]
    [InlineData("https://[::127.0.0.1]/")]
    [InlineData("https://[64:ff9b:1::a00:1]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://[fe80::1%25eth0]/")]
    [InlineData("https://0251.0376.0251.0376/")]
    [InlineData("https://0xa9fea9fe/")]
    [InlineData("https://push.example.org:0/")]
    [InlineData("https://push.example.org:25/")]
    [InlineData("gopher://push.example.org/")]
    [InlineData("file:///etc/passwd")]
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

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:169.254.169.254")]
    public async Task A_name_that_resolves_inside_is_refused_after_resolution(string address)
    {
        var policy = new EndpointPolicy(resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]));
        Assert.True(policy.TryParse("https://rebound.example.org/", out _));
        await Assert.ThrowsAsync<EndpointRefusedException>(() =>
            policy.ConnectAsync(ContextFor("rebound.example.org"), CancellationToken.None).AsTask());
    }

    [Fact]
    public async Task A_name_is_resolved_once_for_a_connection_which_goes_to_the_very_address_that_was_judged()
    {
        // What rebinding lives from is a second answer: there is no second question.
        using var inside = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        inside.Start();
        var (questions, port) = (0, ((IPEndPoint)inside.LocalEndpoint).Port);
        var policy = new EndpointPolicy(isLoopbackAllowed: true, resolve: (_, _) =>
            Task.FromResult<IPAddress[]>(questions++ == 0 ? [IPAddress.Loopback] : [IPAddress.Parse("127.0.0.9")]));
        await using var stream = await policy.ConnectAsync(ContextFor("rebound.example.org", port), CancellationToken.None);
        using var accepted = await inside.AcceptTcpClientAsync();
        Assert.Equal((1, IPAddress.Loopback), (questions, ((IPEndPoint)accepted.Client.LocalEndPoint!).Address));
    }

    [Fact]
    public void An_allow_list_knows_a_name_with_a_dot_at_its_end()
    {
        var policy = new EndpointPolicy(["push.example.org"]);
        Assert.True(policy.TryParse("https://push.example.org./x", out _));
        Assert.False(policy.TryParse("https://push.example.org.evil.example/x", out _));
    }

    private static SocketsHttpConnectionContext ContextFor(string host, int port = 443)
    {
        // The framework makes these itself; only what ConnectAsync reads is needed.
        var constructor = typeof(SocketsHttpConnectionContext)
            .GetConstructors(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)[0];
        return (SocketsHttpConnectionContext)constructor.Invoke([new DnsEndPoint(host, port), new HttpRequestMessage()]);
    }
}
