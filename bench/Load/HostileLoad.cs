using System.Diagnostics;
using System.Globalization;
using System.Text;
using Annex.Load.Compare;

namespace Annex.Load;

/// <summary>
/// Floods from strangers over the links that everybody shares, while the people of one room talk: what their messages take, against what
/// they take in quiet. All services run in one process with their default limits.
/// </summary>
internal sealed class HostileLoad : IAsyncDisposable
{
    /// <summary>In the bodies of the people whose time is measured, and in nothing else.</summary>
    private static readonly byte[] Mark = "#kept#"u8.ToArray();

    private readonly Arguments _options;
    private readonly ServerLink _link;
    private readonly ServerLink _upload;
    private readonly ServerLink _push;
    private readonly Conversation _seen = new();
    private readonly SemaphoreSlim _oneWriter = new(1, 1);
    private readonly CancellationTokenSource _stop;
    private readonly Task _reading;
    private long _answers;

    /// <param name="links">Of muc, upload and push; taken over.</param>
    private HostileLoad(Arguments options, ServerLink[] links, CancellationToken cancellationToken)
    {
        (_options, _link, _upload, _push) = (options, links[0], links[1], links[2]);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _reading = Task.WhenAll(ReadAsync(_stop.Token), CountAsync(_upload, _stop.Token), CountAsync(_push, _stop.Token));
    }

    public static async Task<int> RunAsync(Arguments options, CancellationToken cancellationToken)
    {
        (string Service, int Port)[] ports = [.. ((string[])["Muc", "Upload", "Push"]).Select(s => (s, ComponentComparison.FreePort()))];
        var accepted = ports.Select(p => ServerLink.AcceptAsync(options.With(("port", p.Port), ("jid", Subject.JidOf(options, p.Service))),
            cancellationToken)).ToList();
        await using var process = await Subject.StartSuiteAsync(options, ports, cancellationToken);
        await using var load = new HostileLoad(options.With(("pids", process.Pid)), await Task.WhenAll(accepted), cancellationToken);
        await load.EnterAsync(cancellationToken);
        await load.TalkAsync(options.Warm, cancellationToken);
        Console.WriteLine("flood                              a second   p50 ms   p99 ms   of quiet  answered");
        var isGood = true;
        for (var round = 1; round <= options.Rounds; round++)
        {
            var quiet = await load.TalkAsync(options.Talk, cancellationToken);
            Console.WriteLine(Line("none", 0, quiet, quiet));
            foreach (var kind in options.Text("kinds", "joins,rejoins,messages,iqs,bad,slots,publishes").Split(','))
            {
                foreach (var source in (string[])["one JID", "one domain", "1000 domains"])
                {
                    var before = Interlocked.Read(ref load._answers);
                    var (flooded, rate) = await load.UnderFloodAsync(kind, source, cancellationToken);
                    Console.WriteLine(Line($"{kind} from {source}", rate, flooded, quiet)
                        + (load.LinkOf(kind) == load._link ? "" : $"  {Interlocked.Read(ref load._answers) - before}"));
                    isGood &= flooded.P99 < 3 * quiet.P99;
                }
            }
        }
        return isGood ? 0 : 1;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _link.Dispose();
        _upload.Dispose();
        _push.Dispose();
        _oneWriter.Dispose();
        _stop.Dispose();
    }

    private static string Line(string name, double rate, TalkFigures figures, TalkFigures quiet) => string.Create(CultureInfo.InvariantCulture,
        $"{name,-34} {rate,8:F0} {figures.P50,8:F3} {figures.P99,8:F3} {figures.P99 / quiet.P99,8:F2}");

    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        for (var user = 0; user < _options.Users; user++)
        {
            var presences = _seen.Presences;
            await SendAsync($"<presence from='u{user}@{_options.Domain}/load' to='kept@{_options.Jid}/n{user}'>"
                + "<x xmlns='http://jabber.org/protocol/muc'/></presence>", cancellationToken);
            await _seen.UntilAsync(() => _seen.Presences > presences, cancellationToken);
            if (user == 0)
            {
                await SendAsync($"<iq type='set' id='c' from='u0@{_options.Domain}/load' to='kept@{_options.Jid}'>"
                    + "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'/></query></iq>", cancellationToken);
                await _seen.UntilAsync(() => _seen.Iqs > 0, cancellationToken);
            }
        }
        await _seen.UntilQuietAsync(cancellationToken);
    }

    /// <summary>The owner speaks, one message at a time.</summary>
    private Task<TalkFigures> TalkAsync(double seconds, CancellationToken cancellationToken) => _seen.TalkAsync(_options.Users, 1, seconds, [],
        (number, _, token) => SendAsync($"<message type='groupchat' id='k{number}' from='u0@{_options.Domain}/load' to='kept@{_options.Jid}'>"
            + $"<body>#kept# {number}</body></message>", token), cancellationToken);

    private async Task<(TalkFigures Figures, double Rate)> UnderFloodAsync(string kind, string source, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var flood = FloodAsync(kind, source, enough.Token);
        var figures = await TalkAsync(_options.Talk, cancellationToken);
        await enough.CancelAsync();
        var rate = await flood;
        await _seen.UntilQuietAsync(cancellationToken);
        return (figures, rate);
    }

    /// <summary>Five hundredths of a second at a time; no faster than the component reads.</summary>
    private async Task<double> FloodAsync(string kind, string source, CancellationToken cancellationToken)
    {
        var perTurn = int.Parse(_options.Text("rate", "10000"), CultureInfo.InvariantCulture) / 200;
        var watch = Stopwatch.StartNew();
        var sent = 0;
        try
        {
            while (true)
            {
                var text = new StringBuilder();
                for (var i = 0; i < perTurn; i++)
                    text.Append(Stanza(kind, source, sent++));
                await SendAsync(text.ToString(), cancellationToken, LinkOf(kind));
                var ahead = (sent / (perTurn * 200.0)) - watch.Elapsed.TotalSeconds;
                if (ahead > 0)
                    await Task.Delay(TimeSpan.FromSeconds(ahead), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return sent / watch.Elapsed.TotalSeconds;
        }
    }

    private ServerLink LinkOf(string kind) => kind switch
    {
        "slots" => _upload,
        "publishes" => _push,
        _ => _link,
    };

    private string Stanza(string kind, string source, int number)
    {
        var from = source switch
        {
            "one JID" => $"iago@{_options.Domain}/ship",
            "one domain" => $"iago{number % 5000}@{_options.Domain}/ship",
            _ => $"iago{number % 5000}@venice{number % 1000}.example/ship",
        };
        return kind switch
        {
            "joins" => $"<presence from='{from}' to='flood{number}@{_options.Jid}/iago'><x xmlns='http://jabber.org/protocol/muc'/></presence>",
            "rejoins" => $"<presence from='{from}' to='flood@{_options.Jid}/iago{number % 5000}'><x xmlns='http://jabber.org/protocol/muc'/></presence>",
            "messages" => $"<message type='groupchat' from='{from}' to='flood{number % 10}@{_options.Jid}'><body>flood</body></message>",
            "iqs" => $"<iq type='get' id='f{number}' from='{from}' to='{_options.Jid}'><query xmlns='http://jabber.org/protocol/disco#items'/></iq>",
            "slots" => $"<iq type='get' id='f{number}' from='{from}' to='{Subject.JidOf(_options, "Upload")}'>"
                + "<request xmlns='urn:xmpp:http:upload:0' filename='flood.bin' size='1000'/></iq>",
            "publishes" => $"<iq type='set' id='f{number}' from='{from}' to='{Subject.JidOf(_options, "Push")}'>"
                + $"<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='node{number % 5000}'><item><notification xmlns='urn:xmpp:push:0'/>"
                + "</item></publish></pubsub></iq>",
            _ => $"<iq type='set' id='f{number}' from='{from}' to='kept@{_options.Jid}'><query xmlns='http://jabber.org/protocol/muc#admin'>"
                + "<item nick='n0' role='none'/></query></iq>",
        };
    }

    private async Task SendAsync(string xml, CancellationToken cancellationToken, ServerLink? link = null)
    {
        await _oneWriter.WaitAsync(cancellationToken);
        try
        {
            // Whole, or the stream would be broken.
            await (link ?? _link).SendAsync(xml, CancellationToken.None);
        }
        finally
        {
            _oneWriter.Release();
        }
    }

    private async Task CountAsync(ServerLink link, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var scan = new StanzaScan();
        try
        {
            while (await link.Socket.ReceiveAsync(buffer, cancellationToken) is > 0 and var n)
            {
                var before = scan.Iqs;
                scan.Add(buffer.AsSpan(0, n));
                Interlocked.Add(ref _answers, scan.Iqs - before);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        var scan = new StanzaScan();
        (long, long, long, long) told = default;
        var held = 0;
        try
        {
            while (true)
            {
                var n = await _link.Socket.ReceiveAsync(buffer.AsMemory(held), cancellationToken);
                if (n == 0)
                    return;
                scan.Add(buffer.AsSpan(held, n));
                var bytes = buffer.AsSpan(0, held + n);
                var marks = bytes.Count(Mark);
                _seen.Add(scan, marks, ref told);
                // A mark may be cut, and one that is whole is not to count twice.
                var last = bytes.LastIndexOf(Mark);
                held = Math.Min(Mark.Length - 1, last < 0 ? bytes.Length : bytes.Length - last - Mark.Length);
                bytes[^held..].CopyTo(buffer);
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
