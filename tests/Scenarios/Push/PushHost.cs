using System.Globalization;
using System.Xml.Linq;
using Annex.Hosting;
using Annex.Hosting.Components;
using Annex.Hosting.Messaging;
using Annex.Hosting.Web;
using Annex.Push;
using Annex.Scenarios.Services;
using Annex.Scenarios.Upload;
using Annex.Testing.Scripted;
using Annex.Testing.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Annex.Scenarios.Push;

/// <summary>The whole push service in this process: a scripted XMPP server over a pipe, a real PostgreSQL, push networks on loopback.
/// </summary>
public sealed class PushHost : IAsyncDisposable
{
    public const string Service = "push.annex.test";

    private static readonly XNamespace Data = "jabber:x:data";
    private static int _numbers;
    private readonly WebApplication _app;
    private readonly DirectoryInfo _files;

    private PushHost(WebApplication app, ScriptedServer server, PushPeer peer, SkewedTime time, DirectoryInfo files)
    {
        (_app, Server, Peer, Time, _files) = (app, server, peer, time, files);
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
        {
            BaseAddress = AnnexApplication.AddressOf(app, "Push", ListenerKind.Http)!,
        };
    }

    public ScriptedServer Server { get; }

    public PushPeer Peer { get; }

    public SkewedTime Time { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Ops => AnnexApplication.AddressOf(_app, "Push", ListenerKind.Ops)!;

    public string Files => _files.FullName;

    public NpgsqlDataSource Database => Services.GetRequiredKeyedService<NpgsqlDataSource>("Push");

    public static async Task<PushHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var postgres = await PostgresServer.SharedAsync();
        return await StartAsync(await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("annex-push-"), settings);
    }

    public static Task<PushHost> StartAsync(string database, DirectoryInfo files, params (string Key, string Value)[] settings) =>
        StartAsync(database, files, null, settings);

    /// <param name="muc">Where there is a muc in the same process.</param>
    public static async Task<PushHost> StartAsync(string database, DirectoryInfo files, ScriptedBans? muc,
        params (string Key, string Value)[] settings)
    {
        var (server, peer, time) = (new ScriptedServer(Service), await PushPeer.StartAsync(), new SkewedTime());
        var all = Settings(database, server, peer, files);
        foreach (var (key, value) in settings) all[key] = value;
        var push = new AnnexService("Push", builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.Services.AddKeyedSingleton<ConnectComponent>("Push", server.ConnectAsync);
            PushService.Definition.Configure(builder);
        });
        var app = AnnexApplication.Build([], all, muc is null ? [push] : [muc.AddTo(all), push]);
        await app.StartAsync();
        await server.AcceptAsync();
        return new PushHost(app, server, peer, time, files);
    }

    /// <summary>A device token as APNs has them.</summary>
    public static string Token() => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));

    public ScriptedUser NewUser(string domain = "annex.test") =>
        Server.User($"user{Interlocked.Increment(ref _numbers)}@{domain}/phone");

    /// <summary>A command in one go, as existing clients do it.</summary>
    public async Task<XElement> CommandAsync(ScriptedUser user, string node, params (string Var, string Value)[] fields)
    {
        var form = fields.Length == 0 ? "" : "<x xmlns='jabber:x:data' type='submit'>" + string.Concat(fields.Select(field =>
            $"<field var='{field.Var}'><value>{System.Security.SecurityElement.Escape(field.Value)}</value></field>")) + "</x>";
        await user.Send($"<iq type='set' id='c{Interlocked.Increment(ref _numbers)}' to='{Service}'>" +
            $"<command xmlns='http://jabber.org/protocol/commands' node='{node}' action='execute'>{form}</command></iq>");
        return await user.ExpectReply();
    }

    public async Task<(string Node, string Secret)> RegisterAsync(ScriptedUser user, string provider, params (string Var, string Value)[] fields)
    {
        var reply = await CommandAsync(user, $"register-push-{provider}", fields);
        Assert.True((string?)reply.Attribute("type") == "result", reply.ToString());
        Assert.Equal(Service, Value(reply, "jid"));
        return (Value(reply, "node")!, Value(reply, "secret")!);
    }

    public async Task<(TestSubscription Subscription, string Node, string Secret)> RegisterBrowserAsync(ScriptedUser user,
        params (string Var, string Value)[] more)
    {
        var subscription = new TestSubscription(Peer);
        var (node, secret) = await RegisterAsync(user, "webpush",
            [("endpoint", subscription.Endpoint), ("p256dh", subscription.P256dh), ("auth", subscription.Auth), .. more]);
        return (subscription, node, secret);
    }

    /// <summary>The field of a form in a reply.</summary>
    public static string? Value(XElement reply, string name) => reply.Descendants(Data + "field")
        .FirstOrDefault(f => (string?)f.Attribute("var") == name)?.Element(Data + "value")?.Value;

    /// <summary>As the user's server publishes, with a body; the answer.</summary>
    public Task<XElement> PublishAsync(string node, string secret, string from = "annex.test", string? body = "New Message!") =>
        PublishAsync(from, node, secret, body is null ? "" : "<x xmlns='jabber:x:data' type='submit'>" +
            "<field var='FORM_TYPE'><value>urn:xmpp:push:summary</value></field>" +
            $"<field var='last-message-body'><value>{body}</value></field></x>", $"p{Interlocked.Increment(ref _numbers)}");

    public async Task<XElement> PublishAsync(string from, string node, string? secret, string summary, string id)
    {
        var options = secret is null ? "" : "<publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>" +
            $"<value>http://jabber.org/protocol/pubsub#publish-options</value></field><field var='secret'><value>{secret}</value></field></x></publish-options>";
        return await SendAsync(from, id, $"<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='{node}'><item>" +
            $"<notification xmlns='urn:xmpp:push:0'>{summary}</notification></item></publish>{options}</pubsub>");
    }

    public async Task<XElement> SendAsync(string from, string id, string payload)
    {
        var server = Server.User(from);
        await server.Send($"<iq type='set' id='{id}' to='{Service}'>{payload}</iq>");
        return await server.ExpectSoon($"<iq type='...' id='{id}' from='{Service}'>...</iq>");
    }

    public async Task PublishEventAsync(object @event)
    {
        var outbox = Services.GetRequiredKeyedService<EventOutbox>("Push");
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await outbox.AddAsync(connection, transaction, @event, CancellationToken.None);
        await transaction.CommitAsync();
    }

    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)Convert.ChangeType((await command.ExecuteScalarAsync())!, typeof(T), CultureInfo.InvariantCulture);
    }

    /// <summary>Ends the process as a crash would leave the database: nothing is drained.</summary>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Peer.DisposeAsync();
    }

    private static Dictionary<string, string?> Settings(string database, ScriptedServer server, PushPeer peer, DirectoryInfo files)
    {
        var all = new Dictionary<string, string?>
        {
            ["Database"] = database,
            ["LocalDomains"] = "annex.test",
            ["Push:Component:Jid"] = server.Component,
            ["Push:Component:Secret"] = server.Secret,
            ["Push:Http:Listen"] = "127.0.0.1:0",
            ["Push:Http:PublicUrl"] = "https://push.annex.test",
            ["Push:Rpc:Listen"] = "127.0.0.1:0",
            ["Push:Ops:Listen"] = "127.0.0.1:0",
            ["Push:EncryptionKeyFile"] = Path.Combine(files.FullName, "push.keys"),
            ["Push:WebPush:KeyFiles"] = Path.Combine(files.FullName, "vapid.pem"),
            ["Push:AllowLoopbackEndpoints"] = "true",
            ["Push:Delivery:MinInterval"] = "500ms",
            ["Push:Delivery:FirstRetry"] = "200ms",
            ["Push:Delivery:AnswerWithin"] = "30s",
            ["Push:Delivery:AnswerAtLatest"] = "40s",
        };
        NetworkSettings.Add(all, peer, files);
        return all;
    }
}
