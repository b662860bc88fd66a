using System.Diagnostics;
using System.Text;

namespace Annex.Load;

/// <summary>
/// The server's side of XEP-0114 towards any MUC component. Presence of N joins into one room is N², counted exactly;
/// a message is delivered when each of its room's occupants has its copy.
/// </summary>
internal sealed class ComponentLoad
{
    private readonly Arguments _options;
    private readonly ServerLink _link;
    private readonly SemaphoreSlim _arrived = new(0);
    private StanzaScan _seen = new();
    private long _messages;
    private long _presences;
    private long _iqs;
    private long _bytes;

    private ComponentLoad(Arguments options, ServerLink link)
    {
        _options = options;
        _link = link;
    }

    public static async Task<int> RunAsync(Arguments options, CancellationToken cancellationToken)
    {
        using var link = await ServerLink.AcceptAsync(options, cancellationToken);
        var load = new ComponentLoad(options, link);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = load.ReadAsync(stop.Token);
        await load.JoinAsync(cancellationToken);
        await load.TalkAsync(cancellationToken);
        await link.SendAsync("</stream:stream>", cancellationToken);
        await stop.CancelAsync();
        await reading;
        return 0;
    }

    private string Room(int room) => $"room{room}@{_options.Jid}";

    private string User(int user) => $"u{user}@{_options.Domain}/load";

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        var pids = _options.Pids;
        var memory = ProcessFigures.Resident(pids);
        var cpu = ProcessFigures.CpuSeconds(pids);
        var watch = Stopwatch.StartNew();
        for (var room = 0; room < _options.Rooms; room++)
        {
            // The first occupant creates the room and unlocks it as an instant room (XEP-0045 §10.1.2).
            await SendJoinAsync(room, 0, cancellationToken);
            await UntilAsync(() => Interlocked.Read(ref _presences) >= PresencesAfter(room, 1), cancellationToken);
            await _link.SendAsync($"<iq type='set' id='c{room}' from='{User(0)}' to='{Room(room)}'>"
                + "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query></iq>",
                cancellationToken);
            await UntilAsync(() => Interlocked.Read(ref _iqs) > room, cancellationToken);
            for (var user = 1; user < _options.Users; user++) await SendJoinAsync(room, user, cancellationToken);
            await UntilAsync(() => Interlocked.Read(ref _presences) >= PresencesAfter(room, _options.Users), cancellationToken);
        }
        var presences = (double)_options.Rooms * _options.Users * _options.Users;
        var used = ProcessFigures.CpuSeconds(pids) - cpu;
        var grown = ProcessFigures.Resident(pids) - memory;
        Console.WriteLine($"joined {_options.Users} users in each of {_options.Rooms} rooms in {watch.Elapsed.TotalSeconds:F2} s, "
            + $"{presences / watch.Elapsed.TotalSeconds:F0} presences/s, {used * 1e6 / presences:F2} CPU us per presence, "
            + $"memory +{grown / 1024.0 / (_options.Rooms * _options.Users):F2} KiB per occupant");
    }

    private long PresencesAfter(int room, int users) =>
        (long)room * _options.Users * _options.Users + (long)users * users;

    private Task SendJoinAsync(int room, int user, CancellationToken cancellationToken) =>
        _link.SendAsync($"<presence id='j{room}-{user}' from='{User(user)}' to='{Room(room)}/nick{user}'>"
            + "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://example.org/client' "
            + "ver='QgayPKawpkPSDYmwT/WM94uAlu0='/>"
            + "<x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>", cancellationToken);

    private async Task TalkAsync(CancellationToken cancellationToken)
    {
        var messagesBefore = Interlocked.Read(ref _messages);
        var bytesBefore = Interlocked.Read(ref _bytes);
        var body = new string('x', _options.Body);
        var latencies = new Latencies();
        var sentAt = new Queue<(long Needed, long Time)>();
        var cpu = ProcessFigures.CpuSeconds(_options.Pids);
        var watch = Stopwatch.StartNew();
        long needed = messagesBefore;
        for (var sent = 0; sent < _options.Messages || sentAt.Count > 0;)
        {
            while (sent < _options.Messages && sentAt.Count < _options.Window)
            {
                var room = sent % _options.Rooms;
                var user = sent / _options.Rooms % _options.Users;
                needed += _options.Users;
                sentAt.Enqueue((needed, Stopwatch.GetTimestamp()));
                await _link.SendAsync(Encoding.UTF8.GetBytes($"<message type='groupchat' id='m{sent}' from='{User(user)}' "
                    + $"to='{Room(room)}'><body>{sent} {body}</body><origin-id xmlns='urn:xmpp:sid:0' id='m{sent}'/></message>"),
                    cancellationToken);
                sent++;
            }
            var first = sentAt.Peek().Needed;
            await UntilAsync(() => Interlocked.Read(ref _messages) >= first, cancellationToken);
            while (sentAt.TryPeek(out var oldest) && Interlocked.Read(ref _messages) >= oldest.Needed)
                latencies.Add(Stopwatch.GetElapsedTime(sentAt.Dequeue().Time));
        }
        Report(watch.Elapsed, ProcessFigures.CpuSeconds(_options.Pids) - cpu, Interlocked.Read(ref _messages) - messagesBefore,
            Interlocked.Read(ref _bytes) - bytesBefore, latencies);
    }

    private void Report(TimeSpan time, double cpu, long deliveries, long bytes, Latencies latencies) => Console.WriteLine(
        $"{deliveries} deliveries in {time.TotalSeconds:F2} s, {deliveries / time.TotalSeconds:F0} deliveries/s, "
        + $"{cpu * 1e6 / deliveries:F3} CPU us per delivery, {(double)bytes / deliveries:F0} bytes per delivery, "
        + $"p50 {latencies.Quantile(0.5):F3} ms, p99 {latencies.Quantile(0.99):F3} ms, window {_options.Window}");

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        try
        {
            while (true)
            {
                var n = await _link.Socket.ReceiveAsync(buffer, cancellationToken);
                if (n == 0) return;
                _seen.Add(buffer.AsSpan(0, n));
                Interlocked.Exchange(ref _messages, _seen.Messages);
                Interlocked.Exchange(ref _presences, _seen.Presences);
                Interlocked.Exchange(ref _iqs, _seen.Iqs);
                Interlocked.Exchange(ref _bytes, _seen.Bytes);
                if (_arrived.CurrentCount == 0) _arrived.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task UntilAsync(Func<bool> holds, CancellationToken cancellationToken)
    {
        while (!holds()) await _arrived.WaitAsync(cancellationToken);
    }
}
