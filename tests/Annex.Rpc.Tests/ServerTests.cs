using System.Net;
using System.Net.Http.Headers;
using Annex.Testing.Rpc;
using Annex.Testing.Rpc.V1;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace Annex.Rpc.Tests;

public sealed class ServerTests
{
    private static readonly IPEndPoint Elsewhere = new(IPAddress.Parse("192.0.2.7"), 1234);

    [Fact]
    public async Task A_caller_from_elsewhere_needs_a_token()
    {
        await using var server = await RpcServer.StartAsync(NewServices());
        server.Listener.CallersAddress = Elsewhere;
        var error = await Assert.ThrowsAsync<RpcException>(() => EchoAsync(server.Connect()));
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }

    [Theory]
    [InlineData(null, StatusCode.Unauthenticated)]
    [InlineData("another-token-of-length", StatusCode.Unauthenticated)]
    [InlineData("the-token-of-this-server", StatusCode.OK)]
    public async Task A_token_is_asked_for_where_there_is_one(string? shown, StatusCode expected)
    {
        var options = new RpcServerOptions { Token = RpcToken.Load("the-token-of-this-server", null) };
        await using var server = await RpcServer.StartAsync(NewServices(), options);
        server.Listener.CallersAddress = Elsewhere;
        var channel = server.Connect(new RpcChannelOptions { Token = RpcToken.Load(shown, null) });
        if (expected == StatusCode.OK)
            Assert.Equal("hi", (await EchoAsync(channel)).Text);
        else
            Assert.Equal(expected, (await Assert.ThrowsAsync<RpcException>(() => EchoAsync(channel))).StatusCode);
    }

    [Fact]
    public async Task A_stranger_does_not_learn_which_methods_there_are()
    {
        await using var server = await RpcServer.StartAsync(new RpcServiceMap());
        server.Listener.CallersAddress = Elsewhere;
        var error = await Assert.ThrowsAsync<RpcException>(() => EchoAsync(server.Connect()));
        Assert.Equal(StatusCode.Unauthenticated, error.StatusCode);
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented()
    {
        await using var server = await RpcServer.StartAsync(new RpcServiceMap());
        var error = await Assert.ThrowsAsync<RpcException>(() => EchoAsync(server.Connect()));
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    [Fact]
    public async Task A_request_over_the_limit_is_refused()
    {
        await using var server = await RpcServer.StartAsync(NewServices(), new RpcServerOptions { MaxReceiveMessageBytes = 100 });
        var error = await Assert.ThrowsAsync<RpcException>(() => EchoAsync(server.Connect(), 101));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task A_reply_over_either_limit_is_refused()
    {
        await using var server = await RpcServer.StartAsync(NewServices(), new RpcServerOptions { MaxSendMessageBytes = 100 });
        var error = await Assert.ThrowsAsync<RpcException>(() => EchoAsync(server.Connect(), 101));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);

        await using var other = await RpcServer.StartAsync(NewServices());
        error = await Assert.ThrowsAsync<RpcException>(
            () => EchoAsync(other.Connect(new RpcChannelOptions { MaxReceiveMessageBytes = 100 }), 101));
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task A_peer_that_is_not_there_is_unavailable()
    {
        using var channel = RpcChannel.ForAddress("http://nowhere:1", null, new Unreachable());
        var error = await Assert.ThrowsAsync<RpcException>(() => EchoAsync(channel));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    [Theory]
    [InlineData("application/json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc+json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpcx", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/grpc+proto", HttpStatusCode.OK)]
    [InlineData("application/grpc; a=b", HttpStatusCode.OK)]
    public async Task Only_gRPC_is_spoken(string contentType, HttpStatusCode expected)
    {
        await using var server = await RpcServer.StartAsync(NewServices());
        using var response = await PostAsync(server, [0, 0, 0, 0, 0], contentType);
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData(new byte[] { }, StatusCode.Internal)]                          // no message at all
    [InlineData(new byte[] { 0, 0, 0 }, StatusCode.Internal)]                  // a head cut off
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1 }, StatusCode.Internal)]         // a message cut off
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 1 }, StatusCode.Unimplemented)]    // compressed
    [InlineData(new byte[] { 0, 255, 255, 255, 255 }, StatusCode.ResourceExhausted)]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 10, 99 }, StatusCode.Internal)]    // a field longer than its message
    public async Task A_malformed_request_is_an_error_of_the_call(byte[] body, StatusCode expected)
    {
        await using var server = await RpcServer.StartAsync(NewServices());
        using var response = await PostAsync(server, body, "application/grpc");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([$"{(int)expected}"], response.Headers.GetValues("grpc-status"));
        // The connection lives on.
        Assert.Equal("hi", (await EchoAsync(server.Connect())).Text);
    }

    [Fact]
    public async Task What_a_bug_says_stays_inside()
    {
        await using var server = await RpcServer.StartAsync(NewServices());
        var client = new Probe.ProbeClient(server.Connect());
        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.FailAsync(new FailRequest { Crash = true }));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_contract_is_served_once()
    {
        var services = NewServices();
        Assert.Throws<ArgumentException>(() => services.Add(Probe.BindService(new ProbeService())));
        Assert.Equal(["annex.probe.v1.Probe", "grpc.health.v1.Health"], services.Services.Order());
    }

    private static RpcServiceMap NewServices() => new RpcServiceMap().Add(Probe.BindService(new ProbeService()));

    private static async Task<EchoReply> EchoAsync(RpcChannel channel, int payload = 0) =>
        await new Probe.ProbeClient(channel).EchoAsync(
            new EchoRequest { Text = "hi", Payload = ByteString.CopyFrom(new byte[payload]) });

    private static async Task<HttpResponseMessage> PostAsync(RpcServer server, byte[] body, string contentType)
    {
        using var http = new HttpClient(server.Listener.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://memory:1/annex.probe.v1.Probe/Echo")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        var response = await http.SendAsync(request);
        await response.Content.LoadIntoBufferAsync();
        return response;
    }

    private sealed class Unreachable : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("connection refused");
    }
}
