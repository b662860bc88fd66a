using System.Collections.Concurrent;
using Annex.Xmpp.Stanzas;
using Npgsql;

namespace Annex.Interop.Muc;

/// <summary>Some users in one room who talk without pause, and what each of them saw.</summary>
internal sealed class CrashWorld : IAsyncDisposable
{
    private const string Room = "crash@muc.example.org";

    /// <summary>Messages on their way at once: a load that keeps many commits busy without drowning the machine.</summary>
    private const int Window = 40;

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, List<(string Id, string Body)>> _seen = new();
    private readonly ConcurrentDictionary<string, int> _refused = new();
    private readonly SemaphoreSlim _window = new(Window);
    private readonly Task _reading;
    private int _number;
    private int _left;
    private int _presences;

    public CrashWorld(ComponentServer server, int users)
    {
        Server = server;
        Users = [.. Enumerable.Range(0, users).Select(u => $"u{u}@example.org/test")];
        foreach (var user in Users)
            _seen[user] = [];
        _reading = ReadAsync();
    }

    public ComponentServer Server { get; }

    public string[] Users { get; }

    /// <summary>Presences of occupants who left, as anybody saw them: none may.</summary>
    public int LeavesSeen => Volatile.Read(ref _left);

    public int PresencesSeen => Volatile.Read(ref _presences);

    public int RefusedCount => _refused.Values.Sum();

    /// <summary>Refusals by condition.</summary>
    public IReadOnlyDictionary<string, int> Refused => _refused;

    public async Task JoinAsync()
    {
        await Server.ConnectedAsync();
        await JoinOneAsync(0, 1);
        await Server.TrySendAsync($"<iq type='set' id='c' from='{Users[0]}' to='{Room}'><query xmlns='http://jabber.org/protocol/muc#owner'>"
            + "<x xmlns='jabber:x:data' type='submit'/></query></iq>");
        for (var user = 1; user < Users.Length; user++)
            await JoinOneAsync(user, (user + 1) * (user + 1));
    }

    /// <summary>One more message, and waits until everybody has it: true for each user who does.</summary>
    public async Task<bool> ReachesAllAsync()
    {
        var body = $"reach {Interlocked.Increment(ref _number)}";
        // The process may have been killed before it read a byte: the sender's client would send again as well.
        for (var attempt = 0; attempt < 20; attempt++)
        {
            await Server.ConnectedAsync();
            await Server.TrySendAsync(Message(0, body));
            if (await UntilAsync(() => Users.All(u => Saw(u, body)), TimeSpan.FromSeconds(10)))
                return true;
        }
        return false;
    }

    /// <summary>Everybody talks until the token says stop.</summary>
    public async Task TalkAsync(CancellationToken cancellationToken)
    {
        for (var turn = 0; !cancellationToken.IsCancellationRequested; turn++)
        {
            try
            {
                // A message that was lost with its process leaves the window after a while.
                await _window.WaitAsync(TimeSpan.FromMilliseconds(200), cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            if (!await Server.TrySendAsync(Message(turn % Users.Length, $"text {Interlocked.Increment(ref _number)}")))
                await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>What each user saw, repeats left out; throws where one saw a message twice with different ids.</summary>
    public IReadOnlyList<string> SeenBy(string user)
    {
        lock (_seen[user])
            return [.. _seen[user].Select(m => m.Id).Distinct()];
    }

    public int Repeats
    {
        get
        {
            var repeats = 0;
            foreach (var list in _seen.Values)
            {
                lock (list)
                    repeats += list.Count - list.Select(m => m.Id).Distinct().Count();
            }
            return repeats;
        }
    }

    public async Task<bool> IsQuietAsync(TimeSpan patience)
    {
        var last = -1;
        return await UntilAsync(() =>
        {
            var now = Volatile.Read(ref _number) + _seen.Values.Sum(l => l.Count);
            var isQuiet = now == last;
            last = now;
            return isQuiet;
        }, patience, TimeSpan.FromMilliseconds(700));
    }

    public static async Task<List<string>> ArchiveAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand("""
            select m.id::text from muc.messages m join muc.archives a on a.id = m.archive where a.room = $1 order by m.number
            """);
        command.Parameters.Add(new() { Value = Room });
        var ids = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            ids.Add(reader.GetString(0));
        return ids;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
        _window.Dispose();
    }

    private async Task JoinOneAsync(int user, int presences)
    {
        await Server.TrySendAsync($"<presence from='{Users[user]}' to='{Room}/nick{user}'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
        if (!await UntilAsync(() => PresencesSeen >= presences, TimeSpan.FromSeconds(60)))
            throw new InvalidOperationException($"User {user} did not get into the room: {PresencesSeen} of {presences} presences.");
    }

    private string Message(int user, string body) =>
        $"<message type='groupchat' id='{Guid.NewGuid():N}' from='{Users[user]}' to='{Room}'><body>{body}</body></message>";

    private bool Saw(string user, string body)
    {
        lock (_seen[user])
            return _seen[user].Exists(m => m.Body == body);
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var stanza in Server.Stanzas.ReadAllAsync(_stop.Token))
            {
                using (stanza)
                    Take(stanza);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private void Take(Stanza stanza)
    {
        if (stanza.Kind == StanzaKind.Presence)
        {
            Interlocked.Increment(ref _presences);
            if (stanza.Type == StanzaType.Unavailable)
                Interlocked.Increment(ref _left);
            return;
        }
        if (stanza.Kind != StanzaKind.Message)
            return;
        if (stanza.Type == StanzaType.Error)
        {
            var condition = stanza.ToElement().Child("error")?.Children[0].Name ?? "";
            _refused.AddOrUpdate(condition, 1, static (_, n) => n + 1);
            Release();
            return;
        }
        var message = stanza.ToElement();
        if (message.Child("body")?.Text is not { } body || message.Child("stanza-id", "urn:xmpp:sid:0")?["id"] is not { } id)
            return;
        var list = _seen[stanza.To!.ToString()];
        lock (list)
            list.Add((id, body));
        if (stanza.To.ToString() == Users[^1])
            Release();
    }

    private void Release()
    {
        if (_window.CurrentCount < Window)
            _window.Release();
    }

    private static async Task<bool> UntilAsync(Func<bool> holds, TimeSpan patience, TimeSpan? between = null)
    {
        using var limit = new CancellationTokenSource(patience);
        while (!holds())
        {
            if (limit.IsCancellationRequested)
                return false;
            await Task.Delay(between ?? TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }
        return true;
    }
}
