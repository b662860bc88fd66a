using System.Net.Http.Headers;
using System.Security;
using System.Xml.Linq;
using Annex.Contracts.Events;
using Annex.Hosting;
using Annex.Hosting.Components;
using Annex.Hosting.Messaging;
using Annex.Hosting.Web;
using Annex.Scenarios.Services;
using Annex.Testing.Scripted;
using Annex.Testing.Servers;
using Annex.Upload;
using Annex.Upload.Blobs;
using Annex.Upload.Life;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;

namespace Annex.Scenarios.Upload;

/// <summary>The whole upload service in this process: a scripted XMPP server over a pipe, a real PostgreSQL, a real store, HTTP on
/// loopback. What tests ask for has a name of its own, so that they can share one.</summary>
public sealed class UploadHost : IAsyncDisposable
{
    public const string PublicUrl = "https://upload.annex.test/share";

    private static int _numbers;
    private readonly WebApplication _app;
    private readonly string? _directory;

    private UploadHost(WebApplication app, ScriptedServer server, SkewedTime time, EventLog.Seen seen, FailureLines failures,
        string? directory)
    {
        (_app, Server, Time, Seen, Failures, _directory) = (app, server, time, seen, failures, directory);
        Address = AnnexApplication.AddressOf(app, "Upload", ListenerKind.Http)!;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = Address };
    }

    public ScriptedServer Server { get; }

    public SkewedTime Time { get; }

    public EventLog.Seen Seen { get; }

    /// <summary>Errors in the log so far.</summary>
    public FailureLines Failures { get; }

    public HttpClient Http { get; }

    /// <summary>Of the users' listener.</summary>
    public Uri Address { get; }

    public IServiceProvider Services => _app.Services;

    public NpgsqlDataSource Database => Services.GetRequiredKeyedService<NpgsqlDataSource>("Upload");

    /// <summary>Starts one; settings win over what it sets itself.</summary>
    public static Task<UploadHost> StartAsync(StoreKind kind, params (string Key, string Value)[] settings) =>
        StartAsync(kind, null, settings);

    /// <param name="muc">Where there is a muc in the same process.</param>
    public static async Task<UploadHost> StartAsync(StoreKind kind, ScriptedBans? muc, params (string Key, string Value)[] settings)
    {
        var postgres = await PostgresServer.SharedAsync();
        var server = new ScriptedServer("upload.annex.test");
        var (time, seen, failures) = (new SkewedTime(), new EventLog.Seen(), new FailureLines());
        var all = new Dictionary<string, string?>
        {
            ["Database"] = await postgres.CreateDatabaseAsync(),
            ["LocalDomains"] = "annex.test",
            ["Admins"] = "admin@annex.test",
            ["Upload:Component:Jid"] = server.Component,
            ["Upload:Component:Secret"] = server.Secret,
            ["Upload:Http:Listen"] = "127.0.0.1:0",
            ["Upload:Http:PublicUrl"] = PublicUrl,
            ["Upload:Rpc:Listen"] = "127.0.0.1:0",
            ["Upload:Ops:Listen"] = "127.0.0.1:0",
            ["Upload:Sweep:StagingInterval"] = "200ms",
            ["Upload:SlotsPerMinute"] = "0",
        };
        var directory = kind == StoreKind.Disk ? Directory.CreateTempSubdirectory("annex-upload-").FullName : null;
        if (directory is not null) all["Upload:Directory"] = directory;
        else await AddBucketAsync(all, kind);
        foreach (var (key, value) in settings) all[key] = value;
        var upload = new AnnexService("Upload", builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(time);
            builder.Services.AddKeyedSingleton<ConnectComponent>("Upload", server.ConnectAsync);
            builder.Services.AddSingleton(seen);
            builder.Services.AddSingleton<ILoggerProvider>(failures);
            UploadService.Definition.Configure(builder);
            builder.AddConsumer<EventLog, FileStored>();
            builder.AddConsumer<EventLog, FileDeleted>();
        });
        var app = AnnexApplication.Build([], all, muc is null ? [upload] : [muc.AddTo(all), upload]);
        await app.StartAsync();
        await server.AcceptAsync();
        return new UploadHost(app, server, time, seen, failures, directory);
    }

    /// <summary>Somebody nobody else is.</summary>
    public ScriptedUser NewUser(string domain = "annex.test") =>
        Server.User($"user{Interlocked.Increment(ref _numbers)}@{domain}/phone");

    /// <summary>Asks for a slot; the reply as it came.</summary>
    public async Task<XElement> AskAsync(ScriptedUser user, string attributes, string children = "")
    {
        await user.Send($"<iq type='get' id='s{Interlocked.Increment(ref _numbers)}' to='{Server.Component}'>" +
            $"<request xmlns='urn:xmpp:http:upload:0' {attributes}>{children}</request></iq>");
        return await user.ExpectReply();
    }

    public async Task<TestSlot> SlotAsync(
        ScriptedUser user, string name, long size, string? type = null, string purpose = "")
    {
        var attributes = $"filename='{SecurityElement.Escape(name)}' size='{size}'";
        if (type is not null) attributes += $" content-type='{SecurityElement.Escape(type)}'";
        return TestSlot.Read(await AskAsync(user, attributes, purpose));
    }

    /// <summary>Where this process serves what the world sees under that URL.</summary>
    public Uri Local(Uri url) => url.AbsoluteUri.StartsWith(PublicUrl, StringComparison.Ordinal)
        ? new Uri(Address, url.PathAndQuery) : url;

    public async Task<HttpResponseMessage> PutAsync(
        TestSlot slot, byte[] content, string? type = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, Local(slot.Put)) { Content = new ByteArrayContent(content) };
        if (slot.Authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", slot.Authorization);
        if (type is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        change?.Invoke(request);
        return await Http.SendAsync(request);
    }

    /// <summary>Slot, PUT and all; the URL to get it from.</summary>
    public async Task<Uri> UploadAsync(
        ScriptedUser user, byte[] content, string name = "a.jpg", string? type = "image/jpeg", string purpose = "")
    {
        var slot = await SlotAsync(user, name, content.Length, type, purpose);
        using var response = await PutAsync(slot, content, type);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        return slot.Get;
    }

    public Task<HttpResponseMessage> GetAsync(Uri url, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, url, headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri url, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, Local(url));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request);
    }

    /// <summary>As another service on the bus would.</summary>
    public async Task PublishAsync(object @event)
    {
        var outbox = Services.GetRequiredKeyedService<EventOutbox>("Upload");
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await outbox.AddAsync(connection, transaction, @event, CancellationToken.None);
        await transaction.CommitAsync();
    }

    public async Task<List<StoredBlob>> BlobsAsync()
    {
        var blobs = new List<StoredBlob>();
        await foreach (var blob in Services.GetRequiredService<IBlobStore>().ListAsync(CancellationToken.None)) blobs.Add(blob);
        return blobs;
    }

    /// <summary>Bytes that the owner has reserved and stored, by the books; and by the files themselves.</summary>
    public async Task<(long Booked, long Counted)> UsageAsync(ScriptedUser user)
    {
        var owner = user.Jid[..user.Jid.IndexOf('/', StringComparison.Ordinal)];
        await using var command = Database.CreateCommand("""
            select coalesce((select message_bytes + profile_bytes + ephemeral_bytes + permanent_bytes from upload.usage
                where owner = $1), 0),
              coalesce((select sum(size) from upload.files where owner = $1), 0)::bigint
            """);
        command.Parameters.AddWithValue(owner);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>Rows of any table that still name the user.</summary>
    public async Task<long> MentionsAsync(ScriptedUser user)
    {
        await using var command = Database.CreateCommand("""
            select (select count(*) from upload.files where owner = $1) + (select count(*) from upload.usage where owner = $1)
            """);
        command.Parameters.AddWithValue(Replies.Bare(user));
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public Task<int> SweepAsync() => Services.GetRequiredService<Sweeper>().SweepAsync(CancellationToken.None);

    public Task<(int Blobs, int Files)> MendAsync() =>
        Services.GetRequiredService<OrphanMender>().MendAsync(CancellationToken.None);

    /// <summary>Runs an ad-hoc command to its end, filling in the fields; the last answer.</summary>
    public async Task<XElement> CommandAsync(ScriptedUser user, string node, params (string Var, string Value)[] fields)
    {
        XNamespace ns = "http://jabber.org/protocol/commands";
        await user.Send($"<iq type='set' id='c{Interlocked.Increment(ref _numbers)}' to='{Server.Component}'>" +
            $"<command xmlns='{ns}' node='{node}' action='execute'/></iq>");
        var reply = await user.ExpectReply();
        if (reply.Element(ns + "command") is not { } command || command.Attribute("status")!.Value != "executing") return reply;
        var form = string.Concat(fields.Select(field => $"<field var='{field.Var}'><value>{field.Value}</value></field>"));
        await user.Send($"<iq type='set' id='c{Interlocked.Increment(ref _numbers)}' to='{Server.Component}'>" +
            $"<command xmlns='{ns}' node='{node}' sessionid='{command.Attribute("sessionid")!.Value}' action='complete'>" +
            $"<x xmlns='jabber:x:data' type='submit'>{form}</x></command></iq>");
        return await user.ExpectReply();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        if (_directory is not null) Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Settings for a new bucket on Ceph's gateway.</summary>
    public static async Task AddBucketAsync(Dictionary<string, string?> all, StoreKind kind)
    {
        var ceph = await CephServer.SharedAsync();
        var bucket = $"bucket-{Guid.NewGuid():N}";
        using var client = Client(ceph);
        await client.PutBucketAsync(bucket);
        all["Upload:Store"] = "S3";
        all["Upload:S3:Endpoint"] = ceph.Url.GetLeftPart(UriPartial.Authority);
        all["Upload:S3:Bucket"] = bucket;
        all["Upload:S3:AccessKey"] = ceph.AccessKey;
        all["Upload:S3:SecretKey"] = ceph.SecretKey;
        if (kind == StoreKind.CephPreSigned) all["Upload:S3:PreSigned"] = "true";
    }

    /// <summary>Names of the blobs in that bucket.</summary>
    public static async Task<List<string>> KeysAsync(IReadOnlyDictionary<string, string> settings)
    {
        using var client = Client(await CephServer.SharedAsync());
        var objects = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = settings["Upload:S3:Bucket"] });
        return [.. (objects.S3Objects ?? []).Select(item => item.Key[(item.Key.LastIndexOf('/') + 1)..])];
    }

    private static AmazonS3Client Client(CephServer ceph) => new(ceph.AccessKey, ceph.SecretKey,
        new AmazonS3Config { ServiceURL = ceph.Url.AbsoluteUri, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
}
