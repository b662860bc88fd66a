using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Annex.Scenarios.Upload;
using Annex.Testing.Servers;
using Npgsql;
using Xunit;

namespace Annex.Interop.Upload;

/// <summary>U22: kill -9 in the middle of a hundred uploads.</summary>
public sealed class KillTests
{
    private const string Secret = "a-secret-between-two-servers";
    private const int Uploads = 100;

    [Theory]
    [InlineData(StoreKind.Disk, 10)]
    [InlineData(StoreKind.Disk, 60)]
    [InlineData(StoreKind.Ceph, 40)]
    public async Task After_a_kill_every_file_is_whole_or_absent_and_the_books_are_right(StoreKind kind, int doneBeforeKill)
    {
        var directory = Directory.CreateTempSubdirectory("annex-upload-").FullName;
        var url = new Uri($"http://127.0.0.1:{FreePorts.Next()}");
        var settings = await SettingsAsync(kind, directory, url);
        var (files, done) = (new List<KilledUpload>(), new ConcurrentDictionary<KilledUpload, HttpStatusCode>());
        try
        {
            using var http = new HttpClient();
            await using (var first = await UploadProcess.StartAsync(url, settings))
            {
                for (var i = 0; i < Uploads; i++) files.Add(await KilledUpload.AskAsync(http, url, Secret, i));
                var killed = new TaskCompletionSource();
                var running = files.Select(async file =>
                {
                    // One half comes at once; the rest only when enough others are done, and then against the kill.
                    var hold = files.IndexOf(file) < doneBeforeKill ? Task.CompletedTask : killed.Task;
                    if (await file.TryPutAsync(http, hold) is HttpStatusCode.Created and var status) done[file] = status;
                    if (done.Count >= doneBeforeKill) killed.TrySetResult();
                }).ToList();
                await killed.Task;
                await first.KillAsync();
                await Task.WhenAll(running);
            }
            settings["Upload:Sweep:OrphanGrace"] = "0s"; // Whatever it finds at its start is nobody's.
            await using var second = await UploadProcess.StartAsync(url, settings);
            await AssertConsistentAsync(kind, directory, settings);
            Assert.InRange(done.Count, doneBeforeKill, Uploads - 1);
            foreach (var file in files)
            {
                using var response = await http.GetAsync(file.Get);
                if (done.ContainsKey(file)) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
                if (response.StatusCode != HttpStatusCode.OK)
                {
                    Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
                    Assert.Equal(HttpStatusCode.Created, await file.TryPutAsync(http, Task.CompletedTask));
                }
                Assert.Equal(file.Content, await http.GetByteArrayAsync(file.Get));
            }
            await AssertConsistentAsync(kind, directory, settings);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<Dictionary<string, string>> SettingsAsync(StoreKind kind, string directory, Uri url)
    {
        var settings = new Dictionary<string, string?>();
        if (kind == StoreKind.Ceph) await UploadHost.AddBucketAsync(settings, kind);
        var all = settings.ToDictionary(pair => pair.Key, pair => pair.Value!);
        all["Database"] = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        all["LocalDomains"] = "annex.test";
        all["Upload:Component:Jid"] = "upload.annex.test";
        all["Upload:Component:Secret"] = "nobody-listens";
        all["Upload:Component:Port"] = $"{FreePorts.Next()}";
        all["Upload:Http:Listen"] = url.Authority;
        all["Upload:Rpc:Listen"] = "127.0.0.1:0";
        all["Upload:Ops:Listen"] = "127.0.0.1:0";
        all["Upload:Directory"] = directory;
        all["Upload:External:ServiceUrlSecret"] = Secret;
        all["Upload:SlotsPerMinute"] = "0";
        all["Upload:Http:SlowGrace"] = "5m"; // The held halves wait for the others, on a slow machine for long.
        return all;
    }

    private static async Task AssertConsistentAsync(
        StoreKind kind, string directory, Dictionary<string, string> settings)
    {
        await using var database = NpgsqlDataSource.Create(settings["Database"]);
        await Eventually.IsTrueAsync(async () =>
        {
            var known = await StringsAsync(database, "select blob from upload.files where blob is not null");
            var stored = kind == StoreKind.Disk
                ? Directory.GetFiles(Path.Combine(directory, "files"), "*", SearchOption.AllDirectories)
                    .Select(file => Path.GetFileName(file)).ToList()
                : await UploadHost.KeysAsync(settings);
            return known.Order().SequenceEqual(stored.Order())
                && (kind != StoreKind.Disk || Directory.GetFiles(Path.Combine(directory, "incoming")).Length == 0);
        });
        Assert.Empty(await StringsAsync(database, """
            select owner from upload.usage u where files <> (select count(*) from upload.files f where f.owner = u.owner)
              or message_bytes <> coalesce((select sum(size) from upload.files f where f.owner = u.owner), 0)
            """));
    }

    private static async Task<List<string>> StringsAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var strings = new List<string>();
        while (await reader.ReadAsync()) strings.Add(reader.GetString(0));
        return strings;
    }

    private sealed record KilledUpload(Uri Put, Uri Get, byte[] Content)
    {
        public static async Task<KilledUpload> AskAsync(HttpClient http, Uri url, string secret, int number)
        {
            var content = RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(1, 400_000));
            var ask = new Uri(url, $"/ejabberd/{secret}?jid=user{number % 7}@annex.test&name=f.bin&size={content.Length}&content_type=");
            var lines = (await http.GetStringAsync(ask)).Split('\n');
            return new KilledUpload(new Uri(lines[0]), new Uri(lines[1]), content);
        }

        /// <summary>The status, or null where the connection broke.</summary>
        public async Task<HttpStatusCode?> TryPutAsync(HttpClient http, Task hold)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Put, Put) { Content = new HeldContent(Content, hold) };
                using var response = await http.SendAsync(request);
                return response.StatusCode;
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }
    }

    /// <summary>The first half at once, the second when it is let go.</summary>
    private sealed class HeldContent(byte[] content, Task hold) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(content.AsMemory(0, content.Length / 2));
            await stream.FlushAsync();
            await hold;
            await stream.WriteAsync(content.AsMemory(content.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = content.Length;
            return true;
        }
    }
}
