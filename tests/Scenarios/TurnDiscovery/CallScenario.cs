using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Annex.Contracts.Turn.V1;
using Annex.Hosting;
using Annex.Hosting.Web;
using Annex.Rpc;
using Annex.TurnDiscovery;
using Annex.TurnDiscovery.Credentials;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Annex.Scenarios.TurnDiscovery;

/// <summary>The same credentials for those who are not XMPP: the TURN REST API, and annex.turn.v1.</summary>
public sealed class CallScenario : IAsyncLifetime
{
    private const string Key = "0123456789abcdef";

    private readonly HttpClient _http = new();
    private TurnStage _stage = null!;

    public async Task InitializeAsync()
    {
        _stage = await TurnStage.StartAsync(("Rest:Key", Key));
        _http.BaseAddress = AnnexApplication.AddressOf(_stage.App, TurnDiscoveryService.Name, ListenerKind.Http);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _stage.DisposeAsync();
    }

    [Fact]
    public async Task A_web_application_gets_a_credential()
    {
        using var response = await _http.GetAsync($"/turn?service=turn&username=bard&key={Key}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var answer = json.RootElement;
        var username = answer.GetProperty("username").GetString()!;
        Assert.Equal(_stage.Time.GetUtcNow().AddHours(4).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), username.Split(':')[0]);
        Assert.Equal(new TurnSecret(TurnStage.Secret, null).PasswordFor(username), answer.GetProperty("password").GetString());
        Assert.Equal(4 * 3600, answer.GetProperty("ttl").GetInt32());
        Assert.Equal(
            ["stun:relay.shakespeare.lit:3478", "turn:relay.shakespeare.lit:3478?transport=udp",
             "turn:relay.shakespeare.lit:3479?transport=tcp", "turns:relay.shakespeare.lit:5349?transport=tcp"],
            answer.GetProperty("uris").EnumerateArray().Select(u => u.GetString()!).Order(StringComparer.Ordinal));
        Assert.Equal(4, answer.GetProperty("iceServers").GetArrayLength());
    }

    [Theory]
    [InlineData("")]
    [InlineData("&key=")]
    [InlineData("&key=0123456789abcdeX")]
    public async Task Without_the_key_there_is_nothing(string key)
    {
        using var response = await _http.GetAsync("/turn?service=turn&username=bard" + key);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_key_may_stand_in_the_header_and_the_rest_in_a_form()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/turn")
        {
            Content = new FormUrlEncodedContent([new("service", "turn"), new("username", "bard")]),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using var response = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("multipart/form-data", "x")]
    [InlineData("multipart/form-data; boundary=a", "--a broken")]
    [InlineData("application/x-www-form-urlencoded", "a=1&a=1&a=1&a=1&a=1&a=1&a=1&a=1&a=1&a=1&a=1&a=1&a=1&a=1&a=1&a=1&a=1&a=1")]
    public async Task A_form_that_cannot_be_read_is_a_bad_request_and_no_fault_of_ours(string type, string body)
    {
        using var content = new ByteArrayContent(System.Text.Encoding.ASCII.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var response = await _http.PostAsync("/turn", content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Another_service_or_an_endless_name_is_a_bad_request()
    {
        using var other = await _http.GetAsync($"/turn?service=gopher&username=bard&key={Key}");
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        using var endless = await _http.GetAsync($"/turn?username={new string('x', 300)}&key={Key}");
        Assert.Equal(HttpStatusCode.BadRequest, endless.StatusCode);
    }

    [Fact]
    public async Task One_name_may_not_ask_without_end()
    {
        for (var i = 0; i < 30; i++)
            (await _http.GetAsync($"/turn?username=bard&key={Key}")).Dispose();
        using var refused = await _http.GetAsync($"/turn?username=bard&key={Key}");
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
    }

    [Fact]
    public async Task A_peer_gets_what_the_user_would_be_told()
    {
        var client = Client();
        var response = await client.IssueCredentialsAsync(new IssueCredentialsRequest { User = "bard@shakespeare.lit", Type = "turns" });
        var service = Assert.Single(response.Services);
        Assert.Equal(("relay.shakespeare.lit", 5349, "tcp", true), (service.Host, service.Port, service.Transport, service.Restricted));
        Assert.Equal(new TurnSecret(TurnStage.Secret, null).PasswordFor(service.Username), service.Password);
    }

    [Theory]
    [InlineData("", StatusCode.InvalidArgument)]
    [InlineData("shakespeare.lit", StatusCode.InvalidArgument)]
    [InlineData("romeo@montague.lit", StatusCode.PermissionDenied)]
    public async Task A_peer_is_refused_for_whom_we_do_not_serve(string user, StatusCode code)
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await Client().IssueCredentialsAsync(new IssueCredentialsRequest { User = user }));
        Assert.Equal(code, error.StatusCode);
    }

    [Fact]
    public async Task A_banned_user_gets_nothing_more()
    {
        _stage.App.Services.GetRequiredService<KnownBans>().Add("bard@shakespeare.lit", null);
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await Client().IssueCredentialsAsync(new IssueCredentialsRequest { User = "bard@shakespeare.lit" }));
        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        await _stage.Bard.Send("<iq id='1' to='turn.shakespeare.lit' type='get'><services xmlns='urn:xmpp:extdisco:2'/></iq>");
        await _stage.Bard.Expect("<iq from='turn.shakespeare.lit' id='1' type='error'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>...</error></iq>");
    }

    [Fact]
    public async Task A_peer_sees_the_health_of_every_server()
    {
        _stage.Services[1].Health.Failed(_stage.Time.GetUtcNow(), "no answer in time");
        _stage.Services[1].Health.Failed(_stage.Time.GetUtcNow(), "no answer in time");
        var servers = new List<Server>();
        using var call = Client().ListServers(new ListServersRequest());
        await foreach (var server in call.ResponseStream.ReadAllAsync())
            servers.Add(server);
        Assert.Equal([true, false, true, true, true], servers.Select(s => s.IsHealthy));
        Assert.Equal("no answer in time", servers[1].Problem);
    }

    [Fact]
    public async Task An_operator_has_the_servers_checked_at_once()
    {
        Assert.Equal(5, (await CheckAsync("")).Count);
        var ftp = Assert.Single(await CheckAsync("ftp.shakespeare.lit"));
        Assert.Equal(("ftp", false, true, 0L), (ftp.Type, ftp.IsChecked, ftp.IsHealthy, ftp.TtlSeconds));
        var error = await Assert.ThrowsAsync<RpcException>(() => CheckAsync("elsewhere.lit"));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    private async Task<List<Server>> CheckAsync(string host)
    {
        var servers = new List<Server>();
        using var call = Client().CheckServers(new CheckServersRequest { Host = host });
        await foreach (var server in call.ResponseStream.ReadAllAsync())
            servers.Add(server);
        return servers;
    }

    private TurnCredentials.TurnCredentialsClient Client() =>
        new(_stage.App.Services.GetRequiredService<RpcPeers>().Find(TurnDiscoveryService.Name)!);
}
