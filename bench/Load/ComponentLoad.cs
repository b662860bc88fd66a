using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Annex.Load;

/// <summary>
/// The server's side of XEP-0114 towards any MUC component. Presence of N joins into one room is N², counted exactly;
/// a message is delivered when each of its room's occupants has its copy.
/// </summary>
internal sealed class ComponentLoad : IAsyncDisposable
{
    private readonly Arguments _options;
    private readonly ServerLink _link;
    private readonly Conversation _seen = new();
    private readonly CancellationTokenSource _stop;
    private readonly Task _reading;

    /// <param name="link">Taken over.</param>
    public ComponentLoad(Arguments options, ServerLink link, CancellationToken cancellationToken)
    {
        _options = options;
        _link = link;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _reading = ReadAsync(_stop.Token);
    }

    public static async Task<int> RunAsync(Arguments options, CancellationToken cancellationToken)
    {
        var link = await ServerLink.AcceptAsync(options, cancellationToken);
        await using var load = new ComponentLoad(options, link, cancellationToken);
        Console.WriteLine(await load.JoinAsync(cancellationToken));
        await load.TalkAsync(options.Window, options.Warm, cancellationToken);
        Console.WriteLine(await load.TalkAsync(options.Window, options.Talk, cancellationToken));
        return 0;
    }

    /// <param name="name">What the rooms' names begin with; the talk is in those called room.</param>
    public async Task<JoinFigures> JoinAsync(CancellationToken cancellationToken, string name = "room")
    {
        var pids = _options.Pids;
        var (memory, cpu, before) = (ProcessFigures.Resident(pids), ProcessFigures.CpuSeconds(pids), _seen.Presences);
        var (rooms, users, watch) = (_options.Rooms, _options.Users, Stopwatch.StartNew());
        for (var room = 0; room < rooms; room++)
        {
            var known = _seen.Presences;
            var iqs = _seen.Iqs;
            // The first occupant creates the room and unlocks it (XEP-0045 §10.1.2).
            await _link.SendAsync(Join(name, room, 0), cancellationToken);
            await _seen.UntilAsync(() => _seen.Presences > known, cancellationToken);
            await _link.SendAsync($"<iq type='set' id='c{room}' from='{User(0)}' to='{Room(room, name)}'>"
                + $"<query xmlns='http://jabber.org/protocol/muc#owner'>{Form()}</query></iq>", cancellationToken);
            await _seen.UntilAsync(() => _seen.Iqs > iqs, cancellationToken);
            await SendJoinsAsync(name, room, users, known, cancellationToken);
        }
        var (seconds, presences) = (watch.Elapsed.TotalSeconds, _seen.Presences - before);
        var used = ProcessFigures.CpuSeconds(pids) - cpu;
        await _seen.UntilQuietAsync(cancellationToken);
        return new JoinFigures(rooms * users, seconds, used * 1e6 / presences,
            (ProcessFigures.Resident(pids) - memory) / 1024.0 / (rooms * users));
    }

    public Task<TalkFigures> TalkAsync(int window, double seconds, CancellationToken cancellationToken)
    {
        var body = new string('x', _options.Body);
        return _seen.TalkAsync(_options.Users, window, seconds, _options.Pids, async (first, count, token) =>
        {
            var text = new StringBuilder();
            for (var number = first; number < first + count; number++)
            {
                var (room, user) = (number % _options.Rooms, number / _options.Rooms % _options.Users);
                text.Append(CultureInfo.InvariantCulture, $"<message type='groupchat' id='m{number}' from='{User(user)}' to='{Room(room)}'>");
                text.Append(CultureInfo.InvariantCulture, $"<body>{number} {body}</body><origin-id xmlns='urn:xmpp:sid:0' id='m{number}'/></message>");
            }
            await _link.SendAsync(text.ToString(), token);
        }, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _link.Dispose();
        _stop.Dispose();
    }

    private string Room(int room, string name = "room") => $"{name}{room}@{_options.Jid}";

    private string User(int user) => $"u{user}@{_options.Domain}/load";

    /// <summary>mu-conference lets 30 in unless it is told otherwise.</summary>
    private string Form() => "<x xmlns='jabber:x:data' type='submit'>"
        + "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
        + (_options.IsQuietRoom ? "<field var='muc#roomconfig_presencebroadcast'><value>moderator</value></field>" : "")
        + (_options.MaxUsers > 0 ? $"<field var='muc#roomconfig_maxusers'><value>{_options.MaxUsers}</value></field>" : "") + "</x>";

    /// <summary>A few at a time, each time until all have seen them: mu-conference loses what does not fit into one of its reads.</summary>
    private async Task SendJoinsAsync(string name, int room, int users, long known, CancellationToken cancellationToken)
    {
        var atOnce = _options.JoinsAtOnce;
        for (var user = 1; user < users;)
        {
            var next = Math.Min(user + atOnce, users);
            await _link.SendAsync(string.Concat(Enumerable.Range(user, next - user).Select(u => Join(name, room, u))), cancellationToken);
            user = next;
            // Where only moderators are shown, each who enters sees the owner and itself.
            var wanted = known + (_options.IsQuietRoom ? 1 + 2L * (user - 1) : (long)user * user);
            await _seen.UntilAsync(() => _seen.Presences >= wanted, cancellationToken);
        }
    }

    private string Join(string name, int room, int user) =>
        $"<presence id='j{room}-{user}' from='{User(user)}' to='{Room(room, name)}/nick{user}'>"
        + "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://example.org/client' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>"
        + "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>";

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        var scan = new StanzaScan();
        (long, long, long, long) told = default;
        try
        {
            while (true)
            {
                var n = await _link.Socket.ReceiveAsync(buffer, cancellationToken);
                if (n == 0)
                    return;
                scan.Add(buffer.AsSpan(0, n));
                _seen.Add(scan, ref told);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
