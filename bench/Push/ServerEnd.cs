using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Annex.PushLoad;

/// <summary>The XMPP server's end of the component's stream, on TCP, as cheap as it can be made, since its cost is counted with the
/// service's: publishes are copied together from bytes, answers are counted by their first words.</summary>
internal sealed class ServerEnd : IDisposable
{
    private const int Unanswered = 5_000;
    private const int PublishesAtOnce = 50;

    private static ReadOnlySpan<byte> Result => "<iq type='result'"u8;
    private static ReadOnlySpan<byte> Error => "<iq type='error'"u8;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _buffer = new byte[128 * 1024];
    private Socket? _socket;
    private TaskCompletionSource _done = new();
    private int _results;
    private int _errors;
    private int _expected = int.MaxValue;

    public ServerEnd() => _listener.Start(1);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Results => Volatile.Read(ref _results);

    public int Errors => Volatile.Read(ref _errors);

    public void Dispose()
    {
        _socket?.Dispose();
        _listener.Dispose();
    }

    /// <summary>Takes the component's connection and its handshake, and counts its answers from then on.</summary>
    public async Task AcceptAsync(string domain)
    {
        _socket = await _listener.AcceptSocketAsync();
        _socket.NoDelay = true;
        await ReadUntilAsync("<stream:stream");
        await SendAsync(Encoding.UTF8.GetBytes("<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
            + $"xmlns:stream='http://etherx.jabber.org/streams' from='{domain}' id='{RandomNumberGenerator.GetHexString(16)}'>"));
        await ReadUntilAsync("</handshake>");
        await SendAsync("<handshake/>"u8.ToArray());
        _ = CountAsync();
    }

    /// <summary>Publishes to the nodes in turn as Prosody does it, and returns when each is answered.</summary>
    public async Task PublishAsync(int count, byte[][] nodes)
    {
        (_results, _errors, _done) = (0, 0, new TaskCompletionSource());
        Volatile.Write(ref _expected, count);
        var batch = new byte[PublishesAtOnce * 2_000];
        for (var i = 0; i < count;)
        {
            // Not further ahead than a server would be: what waits for its answer is bounded.
            while (i - Results - Errors > Unanswered) await Task.Delay(1);
            var length = 0;
            for (var end = Math.Min(count, i + PublishesAtOnce); i < end; i++) length = Append(batch, length, i, nodes[i % nodes.Length]);
            await SendAsync(batch.AsMemory(0, length));
        }
        await _done.Task;
    }

    private static int Append(byte[] batch, int at, int number, byte[] node)
    {
        at = Append(batch, at, "<iq type='set' id='p"u8);
        number.TryFormat(batch.AsSpan(at), out var digits, default, null);
        at = Append(batch, at + digits, "' from='annex.test' to='push.annex.test'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='"u8);
        at = Append(batch, at, node);
        return Append(batch, at, ("'><item><notification xmlns='urn:xmpp:push:0'><x xmlns='jabber:x:data' type='form'>"u8
            + "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:push:summary</value></field>"u8
            + "<field var='message-count'><value>1</value></field><field var='last-message-sender'/>"u8
            + "<field var='last-message-body'><value>New Message!</value></field></x></notification></item></publish>"u8
            + "<publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'>"u8
            + "<value>http://jabber.org/protocol/pubsub#publish-options</value></field>"u8
            + "<field var='secret'><value>the-secret</value></field></x></publish-options></pubsub></iq>"u8));
    }

    private static int Append(byte[] batch, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(batch.AsSpan(at));
        return at + bytes.Length;
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await _socket!.SendAsync(bytes)..];
    }

    private async Task CountAsync()
    {
        var kept = 0;
        while (await _socket!.ReceiveAsync(_buffer.AsMemory(kept)) is > 0 and var read)
        {
            var bytes = _buffer.AsSpan(0, kept + read);
            Volatile.Write(ref _results, _results + bytes.Count(Result));
            Volatile.Write(ref _errors, _errors + bytes.Count(Error));
            // The beginning of an answer may have come without its end.
            var tag = bytes.LastIndexOf((byte)'<');
            kept = tag >= 0 && bytes.Length - tag < Result.Length && !bytes[tag..].StartsWith(Error) ? bytes.Length - tag : 0;
            bytes[^kept..].CopyTo(_buffer);
            if (_results + _errors >= Volatile.Read(ref _expected)) _done.TrySetResult();
        }
    }

    private async Task ReadUntilAsync(string text)
    {
        var seen = "";
        while (!seen.Contains(text, StringComparison.Ordinal) || !seen.EndsWith('>'))
        {
            var read = await _socket!.ReceiveAsync(_buffer);
            if (read == 0) throw new IOException("The component closed its stream during the handshake.");
            seen += Encoding.UTF8.GetString(_buffer, 0, read);
        }
    }
}
