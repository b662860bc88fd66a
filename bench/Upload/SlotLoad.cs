using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Annex.UploadBench;

/// <summary>Slots a second, over XMPP: a server of the least kind asks for a thousand users, a bounded number at once.</summary>
internal static class SlotLoad
{
    private const int Requests = 20_000;
    private const int Window = 250;
    private const int Users = 1000;

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var service = await Service.StartAsync(((IPEndPoint)listener.LocalEndpoint).Port, cancellationToken);
        using var client = await listener.AcceptTcpClientAsync(cancellationToken);
        client.NoDelay = true;
        var stream = client.GetStream();
        var reader = new Counter(stream);
        await reader.UntilAsync("to='", cancellationToken);
        await WriteAsync(stream, "<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' " +
            "from='upload.annex.test' id='bench'>", cancellationToken);
        await reader.UntilAsync("</handshake>", cancellationToken);
        await WriteAsync(stream, "<handshake/>", cancellationToken);
        await AskAsync(stream, reader, 2000, cancellationToken); // warm
        var watch = Stopwatch.StartNew();
        var granted = await AskAsync(stream, reader, Requests, cancellationToken);
        Console.WriteLine($"slots: {Requests / watch.Elapsed.TotalSeconds:F0} a second ({granted} of {Requests} granted)");
        return granted == Requests ? 0 : 1;
    }

    private static async Task<int> AskAsync(NetworkStream stream, Counter reader, int count, CancellationToken cancellationToken)
    {
        var (asked, answered, granted) = (0, 0, 0);
        var batch = new StringBuilder();
        while (answered < count)
        {
            for (; asked < count && asked - answered < Window; asked++)
            {
                batch.Append($"<iq type='get' id='i{asked}' from='user{asked % Users}@annex.test/x' to='upload.annex.test'>" +
                    "<request xmlns='urn:xmpp:http:upload:0' filename='picture.jpg' size='1000' content-type='image/jpeg'/></iq>");
            }
            await WriteAsync(stream, batch.ToString(), cancellationToken);
            batch.Clear();
            var (iqs, slots) = await reader.ReadAsync(cancellationToken);
            (answered, granted) = (answered + iqs, granted + slots);
        }
        return granted;
    }

    private static ValueTask WriteAsync(NetworkStream stream, string text, CancellationToken cancellationToken) =>
        text.Length == 0 ? default : stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);

    /// <summary>Counts the ends of stanzas; what a chunk cuts off is kept for the next.</summary>
    private sealed class Counter(NetworkStream stream)
    {
        private readonly byte[] _buffer = new byte[256 * 1024];
        private string _rest = "";

        public async Task UntilAsync(string text, CancellationToken cancellationToken)
        {
            while (!_rest.Contains(text, StringComparison.Ordinal)) await FillAsync(cancellationToken);
            _rest = "";
        }

        public async Task<(int Iqs, int Slots)> ReadAsync(CancellationToken cancellationToken)
        {
            await FillAsync(cancellationToken);
            var end = _rest.LastIndexOf("</iq>", StringComparison.Ordinal) + 5;
            if (end < 5) return (0, 0);
            var whole = _rest[..end];
            _rest = _rest[end..];
            return (Count(whole, "</iq>"), Count(whole, "</slot>"));
        }

        private async Task FillAsync(CancellationToken cancellationToken)
        {
            var read = await stream.ReadAsync(_buffer, cancellationToken);
            if (read == 0) throw new EndOfStreamException();
            _rest += Encoding.UTF8.GetString(_buffer, 0, read);
        }

        private static int Count(string text, string word)
        {
            var count = 0;
            for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0;
                at = text.IndexOf(word, at + word.Length, StringComparison.Ordinal)) count++;
            return count;
        }
    }
}
