using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Annex.Testing.Rpc;

/// <summary>A listener of Kestrel's without sockets: real HTTP/2 between two ends in memory.</summary>
public sealed class PipeListener : IConnectionListenerFactory, IConnectionListener
{
    private readonly Channel<ConnectionContext> _incoming = Channel.CreateUnbounded<ConnectionContext>();

    public EndPoint EndPoint { get; private set; } = new IPEndPoint(IPAddress.None, 0);

    /// <summary>Where callers seem to come from.</summary>
    public IPEndPoint CallersAddress { get; set; } = new(IPAddress.Loopback, 40000);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        EndPoint = endpoint;
        return ValueTask.FromResult<IConnectionListener>(this);
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _incoming.Reader.WaitToReadAsync(cancellationToken) && _incoming.Reader.TryRead(out var connection)
            ? connection
            : null;

    /// <summary>The client's end of a new connection.</summary>
    public Stream Connect()
    {
        var toServer = new Pipe();
        var toClient = new Pipe();
        _incoming.Writer.TryWrite(new Connection(new Ends(toServer.Reader, toClient.Writer))
        {
            RemoteEndPoint = CallersAddress,
            LocalEndPoint = EndPoint,
        });
        return new DuplexStream(toClient.Reader.AsStream(), toServer.Writer.AsStream());
    }

    /// <summary>A transport for a channel whose every connection ends here.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        ConnectCallback = (_, _) => ValueTask.FromResult(Connect()),
        EnableMultipleHttp2Connections = true,
    };

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _incoming.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    // Ends both directions when the server lets go of it, as a socket does.
    private sealed class Connection : DefaultConnectionContext
    {
        private readonly CancellationTokenSource _closed = new();

        public Connection(IDuplexPipe ends)
            : base(Guid.NewGuid().ToString(), ends, ends) => ConnectionClosed = _closed.Token;

        public override void Abort(ConnectionAbortedException abortReason)
        {
            Transport.Input.CancelPendingRead();
            Transport.Output.CancelPendingFlush();
            // Not the base's: it cancels on the thread pool a source that DisposeAsync may have disposed by then, and
            // that exception would end the process.
            _closed.Cancel();
        }

        public override async ValueTask DisposeAsync()
        {
            await Transport.Input.CompleteAsync();
            await Transport.Output.CompleteAsync();
            await base.DisposeAsync();
        }
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class DuplexStream(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            input.ReadAsync(buffer, offset, count, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            output.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            output.WriteAsync(buffer, offset, count, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override void Flush() => output.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                input.Dispose();
                output.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
