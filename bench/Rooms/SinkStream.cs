using System.Text;

namespace Annex.Rooms;

/// <summary>The other end of a component's connection: shakes hands, then takes everything and counts it.</summary>
internal sealed class SinkStream : Stream
{
    private readonly SemaphoreSlim _replies = new(0);
    private readonly Queue<byte[]> _queue = new();
    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _replies.WaitAsync(cancellationToken);
        byte[] reply;
        lock (_queue)
            reply = _queue.Dequeue();
        reply.CopyTo(buffer);
        return reply.Length;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var before = _bytes;
        Volatile.Write(ref _bytes, before + buffer.Length);
        if (before > 1000)
            return ValueTask.CompletedTask;
        if (buffer.Span.IndexOf("<stream:stream"u8) >= 0)
            Reply("<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='1' from='rooms.example.org'>");
        if (buffer.Span.IndexOf("<handshake"u8) >= 0)
            Reply("<handshake/>");
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Reply(string text)
    {
        lock (_queue)
            _queue.Enqueue(Encoding.UTF8.GetBytes(text));
        _replies.Release();
    }
}
