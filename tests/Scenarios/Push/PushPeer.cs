using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Xunit.Sdk;

namespace Annex.Scenarios.Push;

/// <summary>Push networks on loopback that do what a test says: HTTP/1.1 on one port, HTTP/2 on another. Each path has its own answers
/// and its own log.</summary>
public sealed class PushPeer : IAsyncDisposable
{
    /// <summary>Not a measure of speed: how long a test that has failed already waits to say so.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Channel<ReceivedPush>> _received = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<HttpContext, Task>>> _scripts = new();
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _rules = new();

    private PushPeer(WebApplication app) => _app = app;

    public Uri Http1 => new(_app.Urls.First());

    public Uri Http2 => new(_app.Urls.ElementAt(1));

    /// <summary>With a certificate that nobody trusts.</summary>
    public Uri Https => new(_app.Urls.Last());

    public static async Task<PushPeer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(SelfSigned()));
        });
        var app = builder.Build();
        var peer = new PushPeer(app);
        app.Run(peer.HandleAsync);
        await app.StartAsync();
        return peer;
    }

    /// <summary>The next request to this path, once, is answered so.</summary>
    public void Once(string path, int status, string body = "", params (string Name, string Value)[] headers) =>
        Script(path, http => AnswerAsync(http, status, body, headers));

    public void Script(string path, Func<HttpContext, Task> answer) =>
        _scripts.GetOrAdd(path, _ => new()).Enqueue(answer);

    /// <summary>Every request to this path that no script takes.</summary>
    public void Always(string path, int status, string body = "", params (string Name, string Value)[] headers) =>
        _rules[path] = http => AnswerAsync(http, status, body, headers);

    public async Task<ReceivedPush> NextAsync(string path)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            return await Log(path).Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new XunitException($"Nothing came to {path}; there was something at {string.Join(", ", _received.Keys)}");
        }
    }

    /// <summary>What came and nobody has taken.</summary>
    public int Count(string path) => Log(path).Reader.Count;

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public static async Task AnswerAsync(HttpContext http, int status, string body, params (string Name, string Value)[] headers)
    {
        http.Response.StatusCode = status;
        foreach (var (name, value) in headers) http.Response.Headers[name] = value;
        await http.Response.WriteAsync(body);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=nobody.test", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private Channel<ReceivedPush> Log(string path) => _received.GetOrAdd(path, _ => Channel.CreateUnbounded<ReceivedPush>());

    private async Task HandleAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var headers = http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Log(path).Writer.TryWrite(new ReceivedPush(headers, body.ToArray(), http.Request.Protocol, http.Connection.Id));
        if (_scripts.TryGetValue(path, out var queue) && queue.TryDequeue(out var answer)) await answer(http);
        else if (_rules.TryGetValue(path, out var rule)) await rule(http);
        else if (path == "/token") await AnswerAsync(http, 200, """{"access_token":"a-token","expires_in":3600}""");
        else await AnswerAsync(http, path.StartsWith("/3/", StringComparison.Ordinal) || path.StartsWith("/v1/", StringComparison.Ordinal) ? 200 : 201, "");
    }
}
