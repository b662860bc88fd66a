using System.Net;
using System.Text;
using Annex.TurnDiscovery.Health;
using Xunit;

namespace Annex.TurnDiscovery.Tests.Health;

/// <summary>The vectors of RFC 5769, and what a liar might send.</summary>
public sealed class StunMessageTests
{
    private const string Header = "2112a442b7e7a701bc34d686fa87dfae";
    private const string Request = "00010058" + Header
        + "802200105354554e207465737420636c69656e74" + "002400046e0001ff" + "80290008932ff9b151263b36"
        + "000600096576746a3a68367659202020" + "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2" + "80280004e57a3bcf";
    private const string ResponseIPv4 = "0101003c" + Header
        + "8022000b7465737420766563746f7220" + "002000080001a147e112a643"
        + "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7" + "80280004c07d4c96";
    private const string ResponseIPv6 = "01010048" + Header
        + "8022000b7465737420766563746f7220" + "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
        + "00080014a382954e4be67bf11784c97c8292c275bfe3ed41" + "80280004c8fb0b4c";
    private const string LongTerm = "000100602112a44278ad3433c6ad72c029da412e"
        + "00060012e3839ee38388e383aae38383e382afe382b90000"
        + "0015001c662f2f3439396b39353464364f4c33346f4c39465354767936347341"
        + "0014000b6578616d706c652e6f726700" + "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666";

    private static readonly byte[] ShortTermKey = Encoding.ASCII.GetBytes("VOkJxbRl1RmTxUk/WvJxBt");

    [Theory]
    [InlineData(Request)]
    [InlineData(ResponseIPv4)]
    [InlineData(ResponseIPv6)]
    public void The_integrity_of_the_standards_messages_is_right_and_of_changed_ones_wrong(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.True(StunMessage.Read(bytes)!.IsSignedBy(ShortTermKey));
        bytes[24] ^= 1;
        Assert.False(StunMessage.Read(bytes)!.IsSignedBy(ShortTermKey));
    }

    [Fact]
    public void Long_term_credentials_make_the_standards_key()
    {
        var message = StunMessage.Read(Convert.FromHexString(LongTerm))!;
        Assert.Equal("マトリックス", message.Text(StunAttribute.Username));
        Assert.True(message.IsSignedBy(StunMessage.LongTermKey("マトリックス", "example.org", "TheMatrIX")));
        Assert.False(message.IsSignedBy(StunMessage.LongTermKey("マトリックス", "example.org", "TheMatrIx")));
    }

    [Theory]
    [InlineData(ResponseIPv4, "192.0.2.1")]
    [InlineData(ResponseIPv6, "2001:db8:1234:5678:11:2233:4455:6677")]
    public void A_mapped_address_is_read(string hex, string address)
    {
        var message = StunMessage.Read(Convert.FromHexString(hex))!;
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), 32853), message.Address(StunAttribute.XorMappedAddress));
        Assert.True(message.IsSuccess);
        Assert.True(message.Answers(StunMessage.Read(Convert.FromHexString(Request))!));
    }

    [Fact]
    public void What_we_sign_can_be_verified_and_read_again()
    {
        var key = StunMessage.LongTermKey("a", "b", "c");
        var message = StunMessage.Request(StunType.Allocate)
            .Add(StunAttribute.RequestedTransport, 17 << 24).Add(StunAttribute.Username, "odd").Sign(key);
        var read = StunMessage.Read(message.Bytes.Span)!;
        Assert.True(read.IsSignedBy(key));
        Assert.Equal("odd", read.Text(StunAttribute.Username));
        Assert.False(read.Answers(StunMessage.Request(StunType.Allocate)));
    }

    [Fact]
    public void An_error_is_read()
    {
        // Allocate error 401 "Unauthorized" with realm and nonce, as coturn sends it.
        var message = StunMessage.Request(0x0113).Add(StunAttribute.ErrorCode, "\0\0\u0004\u0001Unauthorized");
        Assert.Equal(401, message.ErrorCode);
        Assert.Equal("Unauthorized", message.ErrorReason);
        Assert.False(message.IsSuccess);
    }

    [Fact]
    public void No_bytes_whatever_break_the_reader()
    {
        var random = new Random(17);
        var valid = Convert.FromHexString(ResponseIPv6);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = valid[..random.Next(valid.Length + 1)];
            for (var change = random.Next(4); change > 0 && bytes.Length > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (StunMessage.Read(bytes) is not { } message)
                continue;
            _ = message.Address(StunAttribute.XorMappedAddress);
            _ = message.Text(StunAttribute.Realm);
            _ = message.ErrorCode + message.ErrorReason;
            Assert.False(message.IsSignedBy(ShortTermKey) && !bytes.AsSpan(0, 76).SequenceEqual(valid.AsSpan(0, 76)) && bytes.Length < 76);
        }
    }
}
