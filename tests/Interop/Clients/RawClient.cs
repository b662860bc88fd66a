using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Annex.Interop.Clients;

/// <summary>A client on a plain socket: enough to sit in a room and to write down what it sees.</summary>
internal sealed partial class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly StringBuilder _text = new();
    private readonly ConcurrentDictionary<string, bool> _bodies = new();
    private Task _reading = Task.CompletedTask;

    /// <summary>Bodies of the messages that came.</summary>
    public ICollection<string> Bodies => _bodies.Keys;

    /// <summary>What came lately, as it stood on the wire.</summary>
    public string Text
    {
        get
        {
            lock (_text)
                return _text.ToString();
        }
    }

    public static async Task<RawClient> LoginAsync(int port, string user, string domain, string password, string resource)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync("127.0.0.1", port);
        var open = $"<?xml version='1.0'?><stream:stream to='{domain}' xmlns='jabber:client' "
            + "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";
        await client.AskAsync(open, "</stream:features>");
        var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{user}\0{password}"));
        await client.AskAsync($"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>", "<success");
        await client.AskAsync(open, "</stream:features>");
        await client.AskAsync($"<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{resource}</resource></bind></iq>", "</iq>");
        client._reading = client.ReadAsync();
        return client;
    }

    public async Task<bool> TrySendAsync(string xml)
    {
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(xml));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public bool HasSeen(string text) => Text.Contains(text, StringComparison.Ordinal);

    public void Dispose() => _socket.Dispose();

    private async Task AskAsync(string xml, string until)
    {
        await _socket.SendAsync(Encoding.UTF8.GetBytes(xml));
        var text = "";
        var buffer = new byte[8192];
        while (!text.Contains(until, StringComparison.Ordinal))
        {
            var n = await _socket.ReceiveAsync(buffer);
            if (n == 0)
                throw new IOException($"The server closed the stream: {text}");
            text += Encoding.UTF8.GetString(buffer, 0, n);
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            int n;
            while ((n = await _socket.ReceiveAsync(buffer)) > 0)
            {
                lock (_text)
                {
                    _text.Append(Encoding.UTF8.GetString(buffer, 0, n));
                    foreach (Match body in Body().Matches(_text.ToString()))
                        _bodies[body.Groups[1].Value] = true;
                    // What may still be the beginning of something stays.
                    if (_text.Length > 64 * 1024)
                        _text.Remove(0, _text.Length - 16 * 1024);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server was killed, or the test is over.
        }
    }

    [GeneratedRegex("<message[^>]*type=['\"]groupchat['\"][^>]*>(?:(?!</message>).)*?<body>([^<]*)</body>", RegexOptions.Singleline)]
    private static partial Regex Body();
}
