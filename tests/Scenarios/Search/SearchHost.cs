using System.Security;
using System.Xml.Linq;
using Annex.Contracts.Events;
using Annex.Contracts.Muc.V1;
using Annex.Hosting;
using Annex.Hosting.Components;
using Annex.Hosting.Messaging;
using Annex.Hosting.Web;
using Annex.Scenarios.Upload;
using Annex.Search;
using Annex.Search.Consumers;
using Annex.Search.Index;
using Annex.Search.Storage;
using Annex.Testing.Scripted;
using Annex.Testing.Servers;
using Annex.Xmpp.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Annex.Scenarios.Search;

/// <summary>The whole search service in this process: a scripted XMPP server over a pipe, a real PostgreSQL, a scripted room
/// directory in the place of muc, HTTP on loopback.</summary>
public sealed class SearchHost : IAsyncDisposable
{
    public const string ChannelSearch = "urn:xmpp:channel-search:0:search";
    public const string Muclumbus = "https://xmlns.zombofant.net/muclumbus/search/1.0";
    public const string Rsm = "http://jabber.org/protocol/rsm";

    private static int _numbers;
    private readonly WebApplication _app;

    private SearchHost(WebApplication app, ScriptedServer server, ScriptedMuc muc)
    {
        (_app, Server, Muc) = (app, server, muc);
        if (AnnexApplication.AddressOf(app, "Search", ListenerKind.Http) is { } address)
            Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = address };
    }

    public ScriptedServer Server { get; }

    public ScriptedMuc Muc { get; }

    public HttpClient Http { get; } = null!;

    public IServiceProvider Services => _app.Services;

    public NpgsqlDataSource Database => Services.GetRequiredKeyedService<NpgsqlDataSource>("Search");

    public RoomFinder Finder => Services.GetRequiredService<RoomFinder>();

    public static Task<SearchHost> StartAsync(params (string Key, string Value)[] settings) => StartAsync(new ScriptedMuc(), settings);

    public static async Task<SearchHost> StartAsync(ScriptedMuc muc, params (string Key, string Value)[] settings)
    {
        var postgres = await PostgresServer.SharedAsync();
        var server = new ScriptedServer("search.annex.test");
        var all = new Dictionary<string, string?>
        {
            ["Database"] = await postgres.CreateDatabaseAsync(),
            ["LocalDomains"] = "annex.test",
            ["Admins"] = "admin@annex.test",
            ["Search:Component:Jid"] = server.Component,
            ["Search:Component:Secret"] = server.Secret,
            ["Search:Http:Listen"] = "127.0.0.1:0",
            ["Search:Http:PublicUrl"] = "https://search.annex.test",
            ["Search:Rpc:Listen"] = "127.0.0.1:0",
            ["Search:Ops:Listen"] = "127.0.0.1:0",
            ["Search:MaxQueriesPerUser"] = "10000",
            ["Search:ReconcileInterval"] = "1h",
            // What a test changes is found at once; the copy in memory has tests of its own.
            ["Search:IndexInMemory"] = "false",
            ["Muc:Component:Jid"] = "rooms.annex.test",
            ["Muc:Component:Secret"] = "unused",
            ["Muc:Rpc:Listen"] = "127.0.0.1:0",
            ["Muc:Ops:Listen"] = "127.0.0.1:0",
        };
        foreach (var (key, value) in settings)
            all[key] = value;
        var app = AnnexApplication.Build([], all,
            new AnnexService("Muc", builder => builder.AddRpc((_, map) =>
                map.Add(RoomDirectory.BindService(muc)).Add(BanList.BindService(muc.Bans)))),
            new AnnexService("Search", builder =>
            {
                builder.Services.AddKeyedSingleton<ConnectComponent>("Search", server.ConnectAsync);
                SearchService.Definition.Configure(builder);
            }));
        await app.StartAsync();
        await server.AcceptAsync();
        // The comparison with muc at the start is over, and the next is far away: what a test changes is the test's.
        var reconciler = app.Services.GetRequiredService<Reconciler>();
        var watcher = app.Services.GetRequiredService<RoomWatcher>();
        // The server's last word of the handshake is not yet read when it is sent.
        var link = app.Services.GetRequiredKeyedService<ComponentConnection>("Search");
        await Eventually.IsTrueAsync(() =>
            link.IsConnected && reconciler.LastRun is not null && (muc.News is null || watcher.IsWatching));
        return new SearchHost(app, server, muc);
    }

    /// <summary>A public room that everyone can join.</summary>
    public static RoomState Room(string local, string name = "", string description = "", int occupants = 1, long version = 1,
        string? language = null, string domain = "rooms.annex.test") => new()
        {
            Room = $"{local}@{domain}",
            Version = version,
            Name = name,
            Description = description,
            Language = language,
            Occupants = occupants,
            IsPublic = true,
            IsPersistent = true,
        };

    /// <summary>As the consumer of an event does it.</summary>
    public async Task PutAsync(params IEnumerable<RoomState> rooms)
    {
        var intake = Services.GetRequiredService<RoomIntake>();
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var room in rooms)
            await intake.PutAsync(connection, transaction, room, CancellationToken.None);
        await transaction.CommitAsync();
    }

    /// <summary>As muc on the bus would.</summary>
    public async Task PublishAsync(object @event)
    {
        var outbox = Services.GetRequiredKeyedService<EventOutbox>("Search");
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await outbox.AddAsync(connection, transaction, @event, CancellationToken.None);
        await transaction.CommitAsync();
    }

    /// <summary>Addresses up to the @ of what a query finds, in order.</summary>
    public async Task<string> FindAsync(string text, Func<RoomQuery, RoomQuery>? change = null)
    {
        if (!SearchTerms.TryParse(text, new SearchLimits(), out var terms, out var problem))
            return problem;
        var query = new RoomQuery { Terms = terms };
        var page = await Finder.FindAsync(change?.Invoke(query) ?? query, CancellationToken.None);
        return string.Join(' ', page.Rooms.Select(r => r.Jid[..r.Jid.IndexOf('@', StringComparison.Ordinal)]));
    }

    public ScriptedUser NewUser(string domain = "annex.test") =>
        Server.User($"user{Interlocked.Increment(ref _numbers)}@{domain}/phone");

    /// <summary>Sends a search element with this content and gives the whole reply.</summary>
    public async Task<XElement> AskAsync(string content, string dialect = ChannelSearch, string? to = null, ScriptedUser? user = null)
    {
        user ??= NewUser();
        await user.Send($"<iq type='get' id='q{Interlocked.Increment(ref _numbers)}' to='{to ?? Server.Component}'>" +
            $"<search xmlns='{dialect}'>{content}</search></iq>");
        return await user.ExpectReply();
    }

    /// <summary>A submitted form of XEP-0433.</summary>
    public static string Form(params (string Var, string Value)[] fields) => FormOf("urn:xmpp:channel-search:0:search-params", fields);

    public static string FormOf(string formType, params (string Var, string Value)[] fields) =>
        $"<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>{formType}</value></field>"
        + string.Concat(fields.Select(f =>
            $"<field var='{SecurityElement.Escape(f.Var)}'><value>{SecurityElement.Escape(f.Value)}</value></field>")) + "</x>";

    public static string Set(string content) => $"<set xmlns='{Rsm}'>{content}</set>";

    /// <summary>Addresses in a result, in order.</summary>
    public static string[] AddressesIn(XElement reply) =>
        [.. reply.Descendants().Where(e => e.Name.LocalName == "item").Select(e => e.Attribute("address")!.Value)];

    public static string? Text(XElement reply, string name) =>
        reply.Descendants().FirstOrDefault(e => e.Name.LocalName == name)?.Value;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
