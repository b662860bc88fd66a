using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Annex.Upload.Scanning;

/// <summary>clamd's INSTREAM over its socket: nothing has to be readable for clamd, local or remote.</summary>
public sealed class ClamdScanner(ScannerOptions options)
{
    private const int ChunkBytes = 64 * 1024;
    private const int MaxReplyBytes = 1024;

    public bool IsEnabled => options.Clamd.Length > 0;

    /// <summary>Shows the content to the scanner.</summary>
    /// <returns>Null for a clean one, otherwise the name of what was found.</returns>
    /// <exception cref="ScannerException">No verdict.</exception>
    public async Task<string?> ScanAsync(Stream content, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.Timeout);
        try
        {
            using var socket = await ConnectAsync(timeout.Token);
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            return await ScanAsync(stream, content, options.MaxBytes, timeout.Token);
        }
        catch (Exception exception) when (exception is SocketException or IOException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ScannerException("the virus scanner gave no verdict", exception);
        }
    }

    /// <summary>The conversation itself, over any duplex stream.</summary>
    internal static async Task<string?> ScanAsync(
        Stream clamd, Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        await clamd.WriteAsync("zINSTREAM\0"u8.ToArray(), cancellationToken);
        // Each chunk follows its length, four bytes in network order; a length of zero ends the stream.
        var buffer = new byte[sizeof(uint) + ChunkBytes];
        var left = maxBytes;
        while (left > 0)
        {
            var wanted = (int)Math.Min(left, ChunkBytes);
            var read = await content.ReadAsync(buffer.AsMemory(sizeof(uint), wanted), cancellationToken);
            if (read == 0) break;
            left -= read;
            BinaryPrimitives.WriteUInt32BigEndian(buffer, (uint)read);
            await clamd.WriteAsync(buffer.AsMemory(0, sizeof(uint) + read), cancellationToken);
        }
        await clamd.WriteAsync(new byte[sizeof(uint)], cancellationToken);
        return Judge(await ReadReplyAsync(clamd, cancellationToken));
    }

    /// <summary>"stream: OK", "stream: NAME FOUND", or an error.</summary>
    internal static string? Judge(string reply)
    {
        const string Prefix = "stream: ";
        const string Found = " FOUND";
        if (reply == Prefix + "OK") return null;
        if (reply.StartsWith(Prefix, StringComparison.Ordinal) && reply.EndsWith(Found, StringComparison.Ordinal)
            && reply.Length > Prefix.Length + Found.Length) return reply[Prefix.Length..^Found.Length];
        throw new ScannerException("the virus scanner did not understand");
    }

    private static async Task<string> ReadReplyAsync(Stream clamd, CancellationToken cancellationToken)
    {
        var reply = new byte[MaxReplyBytes];
        var length = 0;
        while (length < reply.Length)
        {
            var read = await clamd.ReadAsync(reply.AsMemory(length), cancellationToken);
            if (read == 0) break;
            length += read;
            if (reply[length - 1] == 0) break;
        }
        return Encoding.UTF8.GetString(reply, 0, length).TrimEnd('\0', '\n');
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        const string Unix = "unix:";
        var isUnix = options.Clamd.StartsWith(Unix, StringComparison.Ordinal);
        var socket = isUnix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (isUnix)
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(options.Clamd[Unix.Length..]), cancellationToken);
            }
            else
            {
                var colon = options.Clamd.LastIndexOf(':');
                var port = int.Parse(options.Clamd.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture);
                await socket.ConnectAsync(new DnsEndPoint(options.Clamd[..colon], port), cancellationToken);
            }
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
