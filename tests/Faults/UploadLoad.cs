using Annex.Testing.Servers;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Annex.Interop.Muc;
using Npgsql;

namespace Annex.Faults;

/// <summary>The upload service as a process, and people who upload without pause; of each file that was acknowledged it is known what
/// was in it.</summary>
internal sealed class UploadLoad : IDisposable
{
    private const string Secret = "a-secret-between-two-servers";
    private const int AtOnce = 8;

    private readonly ConcurrentQueue<(Uri Get, byte[] Content)> _acknowledged = new();
    private readonly ConcurrentDictionary<HttpStatusCode, int> _refused = new();
    private readonly HttpClient _http = new();
    private readonly Uri _url = new($"http://127.0.0.1:{FreePorts.Next()}");
    private readonly (string Key, string Value)[] _settings;
    private ServiceProcess _service;

    /// <param name="settings">Where the files go, as ANNEX_ names without the prefix.</param>
    public UploadLoad(string database, params (string Key, string Value)[] settings)
    {
        Database = database;
        _settings = settings;
        _service = Start();
    }

    public string Database { get; }

    public int AcknowledgedCount => _acknowledged.Count;

    /// <summary>Answers to uploads that were not acknowledged.</summary>
    public IReadOnlyDictionary<HttpStatusCode, int> Refused => _refused;

    public int RefusedCount => _refused.Values.Sum();

    /// <summary>Uploads until the fault is over and as many again have been acknowledged.</summary>
    public async Task DuringUploadsAsync(Func<Task> fault)
    {
        using var enough = new CancellationTokenSource();
        var running = Enumerable.Range(0, AtOnce).Select(n => RunAsync(n, enough.Token)).ToList();
        await UntilAsync(() => AcknowledgedCount >= 20);
        await fault();
        var before = AcknowledgedCount;
        await UntilAsync(() => AcknowledgedCount >= before + 20);
        await enough.CancelAsync();
        await Task.WhenAll(running);
    }

    /// <summary>Files that were acknowledged and are not there as they were.</summary>
    public async Task<int> LostAsync()
    {
        var lost = 0;
        foreach (var (get, content) in _acknowledged)
        {
            using var response = await _http.GetAsync(get);
            var got = await response.Content.ReadAsByteArrayAsync();
            lost += response.IsSuccessStatusCode && content.AsSpan().SequenceEqual(got) ? 0 : 1;
        }
        return lost;
    }

    /// <summary>Ends the process as kill -9 does; the next one takes everything that nobody knows for an orphan at once.</summary>
    public async Task KillAndRestartAsync()
    {
        _service.Dispose();
        _service = Start(("Upload__Sweep__OrphanGrace", "0s"));
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                using var response = await _http.GetAsync(new Uri(_url, "/x/y"), limit.Token);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    /// <summary>How many files the books know and the store has not, or the other way round, and owners whose quota is wrong; waits for
    /// zero.</summary>
    public async Task<int> WrongAsync(Func<Task<List<string>>> stored)
    {
        await using var source = NpgsqlDataSource.Create(Database);
        var wrong = -1;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        while (wrong != 0 && !limit.IsCancellationRequested)
        {
            var known = await StringsAsync(source, "select blob from upload.files where blob is not null");
            var there = await stored();
            wrong = known.Except(there).Count() + there.Except(known).Count() + (await StringsAsync(source, """
                select owner from upload.usage u where files <> (select count(*) from upload.files f where f.owner = u.owner)
                """)).Count;
            await Task.Delay(100, CancellationToken.None);
        }
        return wrong;
    }

    public static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!holds())
            await Task.Delay(20, limit.Token);
    }

    public void Dispose()
    {
        _service.Dispose();
        _http.Dispose();
    }

    private ServiceProcess Start(params (string Key, string Value)[] more) => ServiceProcess.Start("Upload", "upload.example.org", Database,
        FreePorts.Next(), [("Upload__Http__Listen", _url.Authority), ("Upload__External__ServiceUrlSecret", Secret), ("Upload__SlotsPerMinute", "0"),
            .. _settings, .. more]);

    private async Task RunAsync(int person, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            try
            {
                await UploadAsync(person);
            }
            catch (Exception e) when (e is HttpRequestException or IndexOutOfRangeException or UriFormatException)
            {
                // The service is not there, or gives no slot.
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    private async Task UploadAsync(int person)
    {
        var content = RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(1, 200_000));
        var lines = (await _http.GetStringAsync(new Uri(_url,
            $"/ejabberd/{Secret}?jid=user{person}@example.org&name=f.bin&size={content.Length}&content_type="))).Split('\n');
        using var body = new ByteArrayContent(content);
        using var response = await _http.PutAsync(new Uri(lines[0]), body);
        if (response.StatusCode == HttpStatusCode.Created)
            _acknowledged.Enqueue((new Uri(lines[1]), content));
        else
            _refused.AddOrUpdate(response.StatusCode, 1, (_, count) => count + 1);
    }

    private static async Task<List<string>> StringsAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var strings = new List<string>();
        while (await reader.ReadAsync())
            strings.Add(reader.GetString(0));
        return strings;
    }
}
