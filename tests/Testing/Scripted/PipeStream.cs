using System.IO.Pipelines;

namespace Annex.Testing.Scripted;

/// <summary>Two ends of a connection in memory. Closing one end is the end of the other's input; broken, reads and writes fail as
/// on a reset socket.</summary>
public sealed class PipeStream : Stream
{
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly Stream _reading;
    private readonly Stream _writing;

    private PipeStream(PipeReader input, PipeWriter output)
    {
        _input = input;
        _output = output;
        _reading = input.AsStream();
        _writing = output.AsStream();
    }

    /// <param name="capacity">Bytes in one direction before a writer waits, as in a socket's buffers.</param>
    public static (PipeStream Ours, PipeStream Theirs) Create(int capacity = 1024 * 1024)
    {
        var options = new PipeOptions(pauseWriterThreshold: capacity, resumeWriterThreshold: capacity / 2,
            useSynchronizationContext: false);
        var there = new Pipe(options);
        var back = new Pipe(options);
        return (new PipeStream(back.Reader, there.Writer), new PipeStream(there.Reader, back.Writer));
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A reset: the other end's reads and writes fail.</summary>
    public void Break()
    {
        _output.Complete(new IOException("connection reset by peer"));
        _input.Complete(new IOException("connection reset by peer"));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _reading.ReadAsync(buffer, cancellationToken);
        }
        catch (InvalidOperationException)
        {
            throw new IOException("the connection is closed");
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        FlushResult result;
        try
        {
            result = await _output.WriteAsync(buffer, cancellationToken);
        }
        catch (InvalidOperationException)
        {
            throw new IOException("the connection is closed");
        }
        if (result.IsCompleted)
            throw new IOException("broken pipe");
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("asynchronously only");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("asynchronously only");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _output.Complete();
            _input.Complete();
            _writing.Dispose();
            _reading.Dispose();
        }
        base.Dispose(disposing);
    }
}
