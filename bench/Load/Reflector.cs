using System.Buffers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Annex.Load;

/// <summary>
/// A bare component that reflects: whoever sends presence to room/nick is in, a groupchat message goes to all who are in.
/// No roles, no checks, no storage, and only the XML that this load writes. What a MUC component costs beyond this is its own.
/// With --ids each message carries an occupant-id and a stanza-id as well, as those of muc do: what the server pays for the
/// two is not the component's.
/// </summary>
internal sealed class Reflector(bool withIds)
{
    private const string OccupantId = "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='p3UvKiqMT3TUmmBuvBCgXaV8lM4YuxT7lfpQnYaKUpM='/>";

    private readonly Dictionary<string, List<(string Nick, byte[] To)>> _rooms = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _out = new(1 << 20);

    public static async Task<int> RunAsync(Arguments options, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(options.Host, options.Port, cancellationToken);
        await socket.SendAsync(Encoding.UTF8.GetBytes("<stream:stream xmlns='jabber:component:accept' "
            + $"xmlns:stream='http://etherx.jabber.org/streams' to='{options.Jid}'>"), cancellationToken);
        var text = "";
        var buffer = new byte[1 << 20];
        while (!text.Contains("id=", StringComparison.Ordinal) || !text.TrimEnd().EndsWith('>'))
            text += Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, cancellationToken));
        var id = Attribute(text, "id") ?? "";
        var digest = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(id + options.Secret)));
        await socket.SendAsync(Encoding.UTF8.GetBytes($"<handshake>{digest}</handshake>"), cancellationToken);
        await new Reflector(options.Text("ids", "no") == "yes").ReflectAsync(socket, buffer, cancellationToken);
        return 0;
    }

    private async Task ReflectAsync(Socket socket, byte[] buffer, CancellationToken cancellationToken)
    {
        var held = 0;
        while (true)
        {
            var n = await socket.ReceiveAsync(buffer.AsMemory(held), cancellationToken);
            if (n == 0) return;
            held += n;
            var used = 0;
            while (TakeStanza(buffer.AsSpan(used, held - used)) is var (start, end) && end > 0)
            {
                Handle(buffer.AsSpan(used + start, end - start));
                used += end;
            }
            buffer.AsSpan(used, held - used).CopyTo(buffer);
            held -= used;
            for (var rest = _out.WrittenMemory; !rest.IsEmpty;) rest = rest[await socket.SendAsync(rest, cancellationToken)..];
            _out.ResetWrittenCount();
        }
    }

    /// <summary>Start and end of the first whole stanza of the three kinds; (0, 0) where there is none yet.</summary>
    private static (int Start, int End) TakeStanza(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.IndexOf((byte)'<');
        if (start < 0 || bytes.Length < start + 3) return default;
        ReadOnlySpan<byte> close = bytes[start + 1] switch
        {
            (byte)'m' => "</message>"u8,
            (byte)'p' => "</presence>"u8,
            (byte)'i' => "</iq>"u8,
            _ => ">"u8,
        };
        // An empty stanza closes itself.
        var tagEnd = bytes[start..].IndexOf((byte)'>');
        if (tagEnd < 0) return default;
        if (bytes[start + tagEnd - 1] == '/') return (start, start + tagEnd + 1);
        var end = bytes[start..].IndexOf(close);
        return end < 0 ? default : (start, start + end + close.Length);
    }

    private void Handle(ReadOnlySpan<byte> stanza)
    {
        if (stanza[1] == 'h' || stanza[1] == '/') return;
        var head = Encoding.UTF8.GetString(stanza[..(stanza.IndexOf((byte)'>') + 1)]);
        var from = Attribute(head, "from");
        var to = Attribute(head, "to");
        if (from is null || to is null) return;
        var type = Attribute(head, "type");
        if (stanza[1] == 'i')
        {
            if (type is "get" or "set") Write($"<iq type='result' id='{Attribute(head, "id")}' from='{to}' to='{from}'/>");
            return;
        }
        var slash = to.IndexOf('/', StringComparison.Ordinal);
        var room = slash < 0 ? to : to[..slash];
        if (!_rooms.TryGetValue(room, out var occupants)) _rooms[room] = occupants = [];
        if (stanza[1] == 'p') Join(room, occupants, slash < 0 ? "" : to[(slash + 1)..], from, type);
        else if (type == "groupchat") Reflect(room, occupants, from, stanza[(stanza.IndexOf((byte)'>') + 1)..]);
    }

    private void Join(string room, List<(string Nick, byte[] To)> occupants, string nick, string from, string? type)
    {
        if (nick.Length == 0 || type is not (null or "unavailable")) return;
        var address = Encoding.UTF8.GetBytes(from);
        if (type == "unavailable")
        {
            occupants.RemoveAll(o => o.To.AsSpan().SequenceEqual(address));
            return;
        }
        const string item = "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/>";
        foreach (var (otherNick, _) in occupants)
            Write($"<presence from='{room}/{otherNick}' to='{from}'>{item}</x></presence>");
        occupants.Add((nick, address));
        foreach (var (_, to) in occupants)
        {
            var self = to == address ? "<status code='110'/>" : "";
            Write($"<presence from='{room}/{nick}' to='{Encoding.UTF8.GetString(to)}'>{item}{self}</x></presence>");
        }
    }

    private void Reflect(string room, List<(string Nick, byte[] To)> occupants, string from, ReadOnlySpan<byte> rest)
    {
        var address = Encoding.UTF8.GetBytes(from);
        var nick = occupants.Find(o => o.To.AsSpan().SequenceEqual(address)).Nick;
        var head = Encoding.UTF8.GetBytes($"<message type='groupchat' from='{room}/{nick}' to='");
        var ids = withIds ? Encoding.UTF8.GetBytes($"{OccupantId}<stanza-id xmlns='urn:xmpp:sid:0' by='{room}' id='{Guid.NewGuid()}'/>") : [];
        var end = "</message>"u8;
        foreach (var (_, to) in occupants)
        {
            _out.Write(head);
            _out.Write(to);
            _out.Write("'>"u8);
            _out.Write(rest[..^end.Length]);
            _out.Write(ids);
            _out.Write(end);
        }
    }

    private void Write(string xml) => _out.Write(Encoding.UTF8.GetBytes(xml));

    private static string? Attribute(string tag, string name)
    {
        foreach (var quote in "'\"")
        {
            var at = tag.IndexOf($" {name}={quote}", StringComparison.Ordinal);
            if (at < 0) continue;
            at += name.Length + 3;
            return tag[at..tag.IndexOf(quote, at)];
        }
        return null;
    }
}
