using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;
using Xunit;

namespace Annex.Rpc.Tests;

public sealed class WireTests
{
    private static readonly Marshaller<string> Text = Marshallers.Create<string>(
        (text, context) => context.Complete(System.Text.Encoding.UTF8.GetBytes(text)),
        context => System.Text.Encoding.UTF8.GetString(context.PayloadAsNewBuffer()));

    [Fact]
    public async Task Messages_survive_being_split_at_any_byte()
    {
        var written = new ArrayBufferWriter<byte>();
        string[] messages = ["", "a", "grüß dich", new string('x', 300)];
        foreach (var message in messages)
            FrameWriter.Write(written, message, Text, int.MaxValue);
        for (var split = 0; split <= written.WrittenCount; split++)
        {
            var pipe = new Pipe();
            await pipe.Writer.WriteAsync(written.WrittenMemory[..split]);
            var reading = ReadAllAsync(pipe.Reader);
            await pipe.Writer.WriteAsync(written.WrittenMemory[split..]);
            await pipe.Writer.CompleteAsync();
            Assert.Equal(messages, await reading);
        }
    }

    [Theory]
    [InlineData("1H", 3600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("3S", 3000)]
    [InlineData("99999999m", 99999999)]
    [InlineData("5000u", 5)]
    [InlineData("7000000n", 7)]
    [InlineData("", null)]
    [InlineData("m", null)]
    [InlineData("-1S", null)]
    [InlineData("1s", null)]
    [InlineData("1.5S", null)]
    [InlineData("123456789S", null)]
    [InlineData(null, null)]
    public void Time_outs_are_read_as_the_protocol_writes_them(string? text, int? milliseconds) =>
        Assert.Equal(milliseconds, (int?)RpcWire.ParseTimeout(text)?.TotalMilliseconds);

    [Theory]
    [InlineData(0, "1m")]
    [InlineData(1500, "1500m")]
    [InlineData(99_999_999, "99999999m")]
    [InlineData(100_000_000, "100000S")]
    public void Time_outs_are_written_with_at_most_eight_digits(long milliseconds, string text) =>
        Assert.Equal(text, RpcWire.FormatTimeout(TimeSpan.FromMilliseconds(milliseconds)));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("100 %", "100 %25")]
    [InlineData("a\r\ngrpc-status: 0", "a%0D%0Agrpc-status: 0")]
    [InlineData("ü", "%C3%BC")]
    public void Sentences_are_percent_encoded(string text, string encoded)
    {
        Assert.Equal(encoded, RpcSentence.Encode(text));
        Assert.Equal(text, RpcSentence.Decode(encoded));
    }

    [Theory]
    [InlineData("key\r\n", "value")]
    [InlineData("key", "va\r\nlue")]
    [InlineData("key", "ü")]
    [InlineData("key-bin", "text")]
    [InlineData("", "value")]
    public void Metadata_cannot_break_out_of_its_header(string key, string value) =>
        Assert.Throws<ArgumentException>(() => new Metadata { { key, value } });

    [Theory]
    [InlineData("AAE", new byte[] { 0, 1 })]
    [InlineData("AAE=", new byte[] { 0, 1 })]
    public void Bytes_are_read_with_and_without_padding(string header, byte[] expected)
    {
        var metadata = new Metadata();
        MetadataHeaders.Decode("some-BIN", header, metadata);
        Assert.Equal(expected, metadata.GetValueBytes("some-bin"));
    }

    [Fact]
    public void Headers_that_are_no_metadata_are_left_out()
    {
        var metadata = new Metadata();
        foreach (var (key, value) in new[] { ("grpc-timeout", "1S"), ("te", "trailers"), ("x-bin", "***"), ("x", "ü"), ("y", "1") })
            MetadataHeaders.Decode(key, value, metadata);
        Assert.Equal("[y: 1]", Assert.Single(metadata).ToString());
    }

    private static async Task<List<string>> ReadAllAsync(PipeReader reader)
    {
        var messages = new List<string>();
        while (await RpcWire.ReadAsync(reader, Text, 1000, CancellationToken.None) is { } message)
            messages.Add(message);
        return messages;
    }
}
