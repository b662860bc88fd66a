using System.Text;

namespace Annex.TurnDiscovery.Bench;

/// <summary>A server in memory that shakes hands and then hands on the same delegated requests, as fast as they are read, and
/// swallows the answers. Counts them by the end of their outer iq.</summary>
internal sealed class EndlessServer : Stream
{
    private static readonly byte[] Handshake = Encoding.UTF8.GetBytes(
        "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "
        + "xmlns:stream='http://etherx.jabber.org/streams' id='1' from='turn.example.org'><handshake/>");

    private readonly byte[] _requests;
    private readonly int _count;
    private TaskCompletionSource _isOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _go = new(0);
    private long _left;
    private int _at;
    private bool _isShaken;

    public EndlessServer(int users)
    {
        var all = new StringBuilder();
        for (var i = 0; i < users; i++)
        {
            all.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"<iq from='example.org' to='turn.example.org' type='set' id='d{i}'><delegation xmlns='urn:xmpp:delegation:2'>"
                + $"<forwarded xmlns='urn:xmpp:forward:0'><iq xmlns='jabber:client' from='user{i}@example.org/phone' to='example.org'"
                + $" type='get' id='q{i}'><services xmlns='urn:xmpp:extdisco:2'/></iq></forwarded></delegation></iq>");
        }
        _requests = Encoding.UTF8.GetBytes(all.ToString());
        _count = users;
    }

    /// <summary>Bytes of answers.</summary>
    public long Written { get; private set; }

    /// <summary>Hands on so many requests, and completes when they have been read.</summary>
    public Task RunAsync(long requests)
    {
        _isOver = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _left, requests / _count * _requests.Length);
        _go.Release();
        return _isOver.Task;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_isShaken)
        {
            _isShaken = true;
            Handshake.CopyTo(buffer);
            return Handshake.Length;
        }
        if (_left <= 0)
        {
            _isOver.TrySetResult();
            await _go.WaitAsync(cancellationToken);
        }
        var count = (int)Math.Min(Math.Min(buffer.Length, _requests.Length - _at), _left);
        _requests.AsMemory(_at, count).CopyTo(buffer);
        _at = (_at + count) % _requests.Length;
        _left -= count;
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Written += buffer.Length;
        return ValueTask.CompletedTask;
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
