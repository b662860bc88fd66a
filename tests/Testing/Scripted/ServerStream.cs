using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Xunit.Sdk;

namespace Annex.Testing.Scripted;

/// <summary>The server's end of one connection, byte for byte: for tests of the stream itself.</summary>
public sealed class ServerStream : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly PipeStream _stream;
    private readonly XmlCutter _cutter = new();
    private readonly Queue<string> _pieces = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    internal ServerStream(PipeStream stream) => _stream = stream;

    public async Task WriteAsync(string xml) => await WriteAsync(Encoding.UTF8.GetBytes(xml));

    /// <summary>Writes as one segment.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        using var limit = new CancellationTokenSource(Patience);
        await _stream.WriteAsync(bytes, limit.Token);
    }

    /// <summary>The next header, top-level element or closing tag of the component's; null when it closed the connection.</summary>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (_pieces.Count == 0)
        {
            int read;
            try
            {
                read = await _stream.ReadAsync(_buffer, cancellationToken);
            }
            catch (IOException)
            {
                return null;
            }
            if (read == 0)
                return null;
            foreach (var piece in _cutter.Add(_buffer.AsSpan(0, read)))
                _pieces.Enqueue(piece);
        }
        return _pieces.Dequeue();
    }

    /// <summary>The bytes that come next, white space included; not to be mixed with the other ways to read.</summary>
    public async Task<string> ReadRawAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        return Encoding.UTF8.GetString(_buffer, 0, await _stream.ReadAsync(_buffer, limit.Token));
    }

    /// <summary>Reads until a piece begins with this text.</summary>
    public async Task<string> ReadUntilAsync(string start)
    {
        using var limit = new CancellationTokenSource(Patience);
        var seen = new List<string>();
        try
        {
            while (await ReadAsync(limit.Token) is { } piece)
            {
                if (piece.StartsWith(start, StringComparison.Ordinal))
                    return piece;
                seen.Add(piece);
            }
        }
        catch (OperationCanceledException)
        {
            // Told below.
        }
        throw new XunitException($"The component did not send {start}, but\n{string.Join('\n', seen)}");
    }

    /// <summary>Reads until the component has closed the connection.</summary>
    public async Task ReadToEndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        while (await ReadAsync(limit.Token) is not null)
        {
            // Whatever it says before.
        }
    }

    /// <summary>Reads the component's header and answers it. Gives what it said in to.</summary>
    public async Task<string> OpenAsync(string streamId = "3BF96D32", string? from = null)
    {
        var header = await ReadUntilAsync("<");
        var to = XElement.Parse(header[header.IndexOf("<stream:stream", StringComparison.Ordinal)..] + "</stream:stream>")
            .Attribute("to")?.Value ?? throw new XunitException("The header has no to.");
        await WriteAsync(Header(streamId, from ?? to));
        return to;
    }

    /// <summary>Reads the handshake and checks it, without an answer.</summary>
    public async Task ReadHandshakeAsync(string streamId, string secret)
    {
        var handshake = await ReadUntilAsync("<handshake");
#pragma warning disable CA5350 // XEP-0114 §3 names SHA-1
        var proof = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(streamId + secret)));
#pragma warning restore CA5350
        if (XmlPattern.Parse(handshake).Value != proof)
            throw new XunitException("The handshake is wrong.");
    }

    public static string Header(string streamId, string from) =>
        "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' "
        + $"xmlns='jabber:component:accept' from='{from}' id='{streamId}'>";

    public static string StreamError(string condition, string? text = null) =>
        $"<stream:error><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
        + (text is null ? "" : $"<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{text}</text>") + "</stream:error></stream:stream>";

    /// <summary>A reset instead of an end.</summary>
    public void Break() => _stream.Break();

    public void Dispose() => _stream.Dispose();
}
