using System.Buffers.Binary;
using System.IO.Pipelines;
using Annex.Upload.Scanning;
using Xunit;

namespace Annex.Upload.Tests;

public class ClamdScannerTests
{
    [Theory]
    [InlineData("stream: OK", null)]
    [InlineData("stream: Eicar-Signature FOUND", "Eicar-Signature")]
    public void A_verdict_is_read(string reply, string? found) => Assert.Equal(found, ClamdScanner.Judge(reply));

    [Theory]
    [InlineData("")]
    [InlineData("OK")]
    [InlineData("INSTREAM size limit exceeded. ERROR")]
    [InlineData("stream:  FOUND")]
    [InlineData("UNKNOWN COMMAND")]
    public void Anything_else_is_no_verdict(string reply) => Assert.Throws<ScannerException>(() => ClamdScanner.Judge(reply));

    [Fact]
    public async Task The_content_is_sent_in_chunks_with_their_lengths_up_to_the_limit()
    {
        var content = new byte[150_000];
        Random.Shared.NextBytes(content);
        var toScanner = new Pipe();
        var fromScanner = new Pipe();
        await fromScanner.Writer.WriteAsync("stream: OK\0"u8.ToArray());
        var scanning = ClamdScanner.ScanAsync(
            new Duplex(fromScanner.Reader.AsStream(), toScanner.Writer.AsStream()), new MemoryStream(content), 100_000, default);
        var seen = await ReadConversationAsync(toScanner.Reader.AsStream());
        Assert.Null(await scanning);
        Assert.Equal(content[..100_000], seen);
    }

    private static async Task<byte[]> ReadConversationAsync(Stream stream)
    {
        var command = new byte[10];
        await stream.ReadExactlyAsync(command);
        Assert.Equal("zINSTREAM\0"u8.ToArray(), command);
        var seen = new MemoryStream();
        var length = new byte[4];
        while (true)
        {
            await stream.ReadExactlyAsync(length);
            var size = BinaryPrimitives.ReadUInt32BigEndian(length);
            if (size == 0) return seen.ToArray();
            var chunk = new byte[size];
            await stream.ReadExactlyAsync(chunk);
            seen.Write(chunk);
        }
    }

    private sealed class Duplex(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => output.Flush();

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            output.WriteAsync(buffer, cancellationToken);
    }
}
