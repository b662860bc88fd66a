using System.Diagnostics;
using System.Text;

namespace Annex.Load;

/// <summary>The link's own limit: ready-made stanzas in large writes at a component that answers nothing it is not asked.</summary>
internal static class LinkLoad
{
    public static async Task<int> RunAsync(Arguments options, CancellationToken cancellationToken)
    {
        using var link = await ServerLink.AcceptAsync(options, cancellationToken);
        var one = $"<message type='chat' from='u0@{options.Domain}/load' to='nobody@{options.Jid}/none'>"
            + $"<body>{new string('x', options.Body)}</body></message>";
        var count = Math.Max(1, 65536 / one.Length);
        var batch = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(one, count)));
        var drain = DrainAsync(link, cancellationToken);
        var cpu = ProcessFigures.CpuSeconds(options.Pids);
        var watch = Stopwatch.StartNew();
        long sent = 0;
        for (; sent < options.Stanzas; sent += count) await link.SendAsync(batch, cancellationToken);
        // An iq behind them all: its answer says that everything before it was read.
        await link.SendAsync($"<iq type='get' id='end' from='u0@{options.Domain}/load' to='{options.Jid}'><ping xmlns='urn:xmpp:ping'/></iq>",
            cancellationToken);
        await drain;
        Console.WriteLine($"{sent} stanzas in {watch.Elapsed.TotalSeconds:F2} s, {sent / watch.Elapsed.TotalSeconds:F0} stanzas/s, "
            + $"{(ProcessFigures.CpuSeconds(options.Pids) - cpu) * 1e6 / sent:F3} CPU us per stanza");
        return 0;
    }

    private static async Task DrainAsync(ServerLink link, CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        var scan = new StanzaScan();
        while (scan.Iqs == 0)
        {
            var n = await link.Socket.ReceiveAsync(buffer, cancellationToken);
            if (n == 0) throw new IOException("The component closed its stream.");
            scan.Add(buffer.AsSpan(0, n));
        }
    }
}
