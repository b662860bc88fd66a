using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using System.Xml.Linq;
using Annex.Xmpp.Streams;
using Xunit.Sdk;

namespace Annex.Testing.Scripted;

/// <summary>
/// An XMPP server that does what a test says, to one component, over a pipe.
/// <code>
/// await using var server = new ScriptedServer("chat.shakespeare.lit");
/// … new ComponentConnection(server.Options, router, server.ConnectAsync) …
/// await server.AcceptAsync();
/// var crone = server.User("crone1@shakespeare.lit/desktop");
/// await crone.Send("&lt;presence to='coven@chat.shakespeare.lit/firstwitch'&gt;…&lt;/presence&gt;");
/// await crone.Expect("&lt;presence from='coven@chat.shakespeare.lit/firstwitch'&gt;…&lt;/presence&gt;");
/// </code>
/// What a pattern may say: <see cref="XmlPattern"/>. Stanzas to a user that the test knows go to that user's inbox, all others to
/// the server's own. The component's pings to itself (its keepalive) are sent back, as every server does.
/// </summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<ServerStream> _connections = Channel.CreateUnbounded<ServerStream>();
    private readonly ConcurrentDictionary<string, ScriptedUser> _users = new(StringComparer.Ordinal);
    private readonly Inbox _inbox;
    private readonly List<Task> _pumps = [];
    private ServerStream? _stream;
    private int _barriers;

    public ScriptedServer(string component, string secret = "it-is-the-east")
    {
        Component = component;
        Secret = secret;
        _inbox = new Inbox("The server");
    }

    /// <summary>The component's address.</summary>
    public string Component { get; }

    public string Secret { get; }

    /// <summary>The options of a component that may connect.</summary>
    public ComponentOptions Options => new() { Jid = Component, Secret = Secret };

    /// <summary>What {names} of the patterns stand for.</summary>
    public IDictionary<string, string> Bound { get; } = new ConcurrentDictionary<string, string>();

    /// <summary>Nobody listens: attempts to connect are refused.</summary>
    public bool IsRefusing { get; set; }

    /// <summary>How often the component tried to connect, refused or not.</summary>
    public int Attempts { get; private set; }

    /// <summary>For ComponentConnection: each call is a new connection, which <see cref="NextStreamAsync"/> or
    /// <see cref="AcceptAsync"/> takes.</summary>
    public ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        Attempts++;
        if (IsRefusing)
            throw new SocketException((int)SocketError.ConnectionRefused);
        var (ours, theirs) = PipeStream.Create();
        _connections.Writer.TryWrite(new ServerStream(ours));
        return ValueTask.FromResult<Stream>(theirs);
    }

    /// <summary>The next connection, raw: nothing is read or answered by itself.</summary>
    public async Task<ServerStream> NextStreamAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            return await _connections.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new XunitException("The component did not connect.");
        }
    }

    /// <summary>Takes the next connection, shakes hands, and from then on sorts what the component sends into the inboxes.</summary>
    /// <param name="behindHandshake">Sent in one segment with the handshake's answer.</param>
    public async Task AcceptAsync(string behindHandshake = "")
    {
        var stream = await NextStreamAsync();
        var id = Guid.NewGuid().ToString("N");
        var to = await stream.OpenAsync(id);
        if (to != Component)
            throw new XunitException($"The component says that it is {to}, not {Component}.");
        await stream.ReadHandshakeAsync(id, Secret);
        await stream.WriteAsync("<handshake/>" + behindHandshake);
        _stream = stream;
        _pumps.Add(PumpAsync(stream));
    }

    /// <summary>A user whose stanzas the test wants to see by themselves; the same object for the same JID.</summary>
    public ScriptedUser User(string jid) => _users.GetOrAdd(jid, j => new ScriptedUser(this, j));

    /// <summary>Sends to the component, as it stands; {names} are filled in.</summary>
    public Task Send(string xml) => Current.WriteAsync(XmlPattern.Fill(xml, Bound.AsReadOnly()));

    /// <summary>The next stanza that went to nobody the test knows; it has to fit.</summary>
    public Task<XElement> Expect(string pattern) => _inbox.TakeAsync(pattern, Bound, isStrict: true);

    /// <summary>A stanza that fits, whatever comes before it (that stays for later).</summary>
    public Task<XElement> ExpectSoon(string pattern) => _inbox.TakeAsync(pattern, Bound, isStrict: false);

    /// <summary>Everything that came and was not expected yet.</summary>
    public IReadOnlyList<XElement> TakeAll() => _inbox.TakeAll();

    /// <summary>Sends a ping and waits for its answer: what the component wrote before is in the inboxes then. Something that
    /// works by itself (a room) is asked at its own address.</summary>
    public async Task Settle(string? address = null)
    {
        var n = Interlocked.Increment(ref _barriers);
        var asker = User($"barrier@test.invalid/{n}");
        await asker.Send($"<iq type='get' id='barrier-{n}' to='{address ?? Component}'><ping xmlns='urn:xmpp:ping'/></iq>");
        await asker.ExpectReply();
    }

    public async Task ExpectNothing(string? address = null)
    {
        await Settle(address);
        _inbox.AssertEmpty();
    }

    /// <summary>The connection ends, with this stream error where there is one.</summary>
    public async Task CloseAsync(string? streamError = null)
    {
        await Current.WriteAsync(streamError is null ? "</stream:stream>" : ServerStream.StreamError(streamError));
        Current.Dispose();
    }

    /// <summary>The connection is reset.</summary>
    public void Break() => Current.Break();

    public async ValueTask DisposeAsync()
    {
        _connections.Writer.TryComplete();
        while (_connections.Reader.TryRead(out var left))
            left.Dispose();
        _stream?.Dispose();
        await Task.WhenAll(_pumps);
    }

    private ServerStream Current => _stream ?? throw new InvalidOperationException("No connection was accepted yet.");

    private async Task PumpAsync(ServerStream stream)
    {
        while (true)
        {
            var piece = await stream.ReadAsync();
            if (piece is null or "</stream:stream>")
            {
                // RFC 6120 §4.4: the other side closes its stream too.
                stream.Dispose();
                return;
            }
            await SortAsync(stream, XmlPattern.Parse(piece));
        }
    }

    private async Task SortAsync(ServerStream stream, XElement stanza)
    {
        var to = stanza.Attribute("to")?.Value;
        if (to == Component && stanza.Attribute("from")?.Value == Component)
            await stream.WriteAsync(stanza.ToString(SaveOptions.DisableFormatting));
        else if (to is not null && _users.TryGetValue(to, out var user))
            user.Inbox.Add(stanza);
        else
            _inbox.Add(stanza);
    }
}
