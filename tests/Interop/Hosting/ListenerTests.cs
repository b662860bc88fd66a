using System.Net;
using Annex.Hosting;
using Annex.Hosting.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Annex.Interop.Hosting;

/// <summary>Users, services and operators each have their own door.</summary>
public sealed class ListenerTests
{
    [Fact]
    public async Task What_is_for_operators_cannot_be_reached_through_the_users_port()
    {
        await using var app = await StartAsync();
        Assert.Equal("file\n", await GetAsync(app, ListenerKind.Http, "/file"));
        Assert.Equal("404", await GetAsync(app, ListenerKind.Http, "/metrics"));
        Assert.Equal("404", await GetAsync(app, ListenerKind.Http, "/health/live"));
        Assert.Equal("404", await GetAsync(app, ListenerKind.Http, "/rooms"));
        Assert.Equal("rooms\n", await GetAsync(app, ListenerKind.Ops, "/rooms"));
        Assert.Equal("live\n", await GetAsync(app, ListenerKind.Ops, "/health/live"));
        Assert.Equal("404", await GetAsync(app, ListenerKind.Ops, "/file"));
    }

    [Fact]
    public async Task A_fault_of_ours_is_500_without_its_cause_and_is_counted()
    {
        await using var app = await StartAsync();
        Assert.Equal("500", await GetAsync(app, ListenerKind.Http, "/broken"));
        Assert.Contains("annex_http_exceptions_total ", await GetAsync(app, ListenerKind.Ops, "/metrics"));
    }

    [Fact]
    public async Task Only_a_trusted_proxy_says_who_the_user_is()
    {
        await using var app = await StartAsync(("Door:Http:TrustedProxies", "127.0.0.0/8"));
        Assert.Equal("203.0.113.7 https", await GetAsync(app, ListenerKind.Http, "/me"));
        await using var without = await StartAsync();
        Assert.Equal("127.0.0.1 http", await GetAsync(without, ListenerKind.Http, "/me"));
    }

    private static async Task<RunningApp> StartAsync(params (string Key, string Value)[] more)
    {
        var settings = more.ToDictionary(m => m.Key, m => (string?)m.Value);
        settings["Door:Enabled"] = "true";
        settings["Logging:Level"] = "Critical";
        return await RunningApp.StartAsync(settings, new AnnexService("Door", service =>
        {
            service.AddHttp(http =>
            {
                http.MapGet("/file", () => "file\n");
                http.MapGet("/me", (HttpContext c) => $"{c.Connection.RemoteIpAddress} {c.Request.Scheme}");
                http.MapGet("/broken", string () => throw new InvalidOperationException("the cause"));
            });
            service.AddOps(ops => ops.MapGet("/rooms", () => "rooms\n"));
        }));
    }

    private static async Task<string> GetAsync(RunningApp app, ListenerKind kind, string path)
    {
        using var http = new HttpClient { BaseAddress = AnnexApplication.AddressOf(app.App, "Door", kind) };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        request.Headers.Add("X-Forwarded-Proto", "https");
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("the cause", text);
        return response.StatusCode == HttpStatusCode.OK ? text : $"{(int)response.StatusCode}";
    }
}
