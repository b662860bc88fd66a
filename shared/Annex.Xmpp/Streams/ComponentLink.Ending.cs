using System.Net.Sockets;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Streams;

/// <summary>How a link ends: what is said at last, and what it ended for.</summary>
internal sealed partial class ComponentLink
{
    /// <summary>Stops both loops, says good-bye where that makes sense, and gives the socket back.</summary>
    private async Task FinishAsync()
    {
        await Task.WhenAll(_writing, _watching);
        _queue.MarkDown();
        if (_stream is null)
            return;
        byte[]? farewell = _end switch
        {
            { Violation: { } condition } => Handshake.Error(condition),
            { Fault: LinkFault.None or LinkFault.Internal or LinkFault.Silent } => Handshake.StreamEnd,
            _ => null,
        };
        if (farewell is null)
            return;
        using var limit = new CancellationTokenSource(_options.CloseTimeout, _time);
        try
        {
            await _stream.WriteAsync(farewell, limit.Token);
            await _stream.FlushAsync(limit.Token);
            if (Volatile.Read(ref _isClosing))
                await WaitForServersEndAsync(_stream, limit.Token);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException
                                              or ObjectDisposedException)
        {
            // It is over either way.
        }
    }

    private static async Task WaitForServersEndAsync(Stream stream, CancellationToken cancellationToken)
    {
        var rest = new byte[4096];
        while (await stream.ReadAsync(rest, cancellationToken) > 0)
        {
            // What still comes cannot be answered any more (RFC 6120 §4.4).
        }
    }

    private LinkEnd Closed() => _isUp
        ? new LinkEnd(LinkFault.Lost, "the server closed the connection")
        : new LinkEnd(LinkFault.Lost, "the server closed the connection during the handshake");

    private LinkEnd Explain(Exception exception) => exception switch
    {
        _ when Volatile.Read(ref _end) is { } known => known,
        OperationCanceledException => new LinkEnd(
            LinkFault.Unreachable, _stream is null ? "no connection in time" : "no answer to the handshake in time"),
        StreamErrorException error => LinkEnd.FromStreamError(error, _isUp),
        XmlStreamException violation => new LinkEnd(
            _framer.Header is null ? LinkFault.NotAComponentPort : LinkFault.ProtocolViolation,
            $"{violation.Condition}: {violation.Message}")
        {
            Violation = violation.Condition,
        },
        SecretFileException secret => new LinkEnd(LinkFault.WrongSecret, secret.Message),
        SocketException socket => new LinkEnd(_isUp ? LinkFault.Lost : LinkFault.Unreachable, socket.Message),
        IOException io => new LinkEnd(_isUp || _stream is not null ? LinkFault.Lost : LinkFault.Unreachable, io.Message),
        _ => new LinkEnd(LinkFault.Internal, exception.GetType().Name) { Exception = exception },
    };
}
