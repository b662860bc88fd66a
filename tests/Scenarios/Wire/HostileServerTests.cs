using System.Text;
using Annex.Testing.Scripted;
using Annex.Xmpp.Streams;
using Xunit;

namespace Annex.Scenarios.Wire;

/// <summary>A server that lies costs its link and one line, never the process.</summary>
public sealed class HostileServerTests
{
    private static readonly Dictionary<string, byte[]> All = new()
    {
        { "garbage", Encoding.UTF8.GetBytes("\u0001\u0002<<<>>>&&&") },
        { "text between stanzas", Encoding.UTF8.GetBytes("hello") },
        { "a stanza of 10 MB", Encoding.UTF8.GetBytes("<message><body>" + new string('x', 10_000_000) + "</body></message>") },
        { "an attribute of 10 MB", Encoding.UTF8.GetBytes("<message to='" + new string('x', 10_000_000) + "'/>") },
        // What is merely too much costs its stanza alone (ExcessTests); these have no end.
        { "nesting of 12 MB", Encoding.UTF8.GetBytes("<message>" + string.Concat(Enumerable.Repeat("<a>", 4_000_000))) },
        { "attributes of 12 MB", Encoding.UTF8.GetBytes("<message " + string.Concat(Enumerable.Range(0, 1_100_000).Select(i => $"a{i}='' ")) + "/>") },
        { "an entity bomb", Encoding.UTF8.GetBytes("<!DOCTYPE b [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]><message>&b;</message>") },
        { "an undeclared entity", Encoding.UTF8.GetBytes("<message><body>&lol;</body></message>") },
        { "a comment", Encoding.UTF8.GetBytes("<message><!-- no --></message>") },
        { "a processing instruction", Encoding.UTF8.GetBytes("<?php no ?>") },
        { "a forbidden character", Encoding.UTF8.GetBytes("<message><body>&#0;</body></message>") },
        { "wrong nesting", Encoding.UTF8.GetBytes("<message><a></b></message>") },
        { "an attribute twice", Encoding.UTF8.GetBytes("<message to='a' to='b'/>") },
        { "an undeclared prefix", Encoding.UTF8.GetBytes("<message><p:a/></message>") },
        { "overlong UTF-8", [.. "<message><body>"u8, 0xC0, 0xAF, .. "</body></message>"u8] },
        { "a lone surrogate", [.. "<message><body>"u8, 0xED, 0xA0, 0x80, .. "</body></message>"u8] },
        { "cut UTF-8", [.. "<message><body>"u8, 0xE2, 0x82, .. "</body></message>"u8] },
        { "a second header", Encoding.UTF8.GetBytes(ServerStream.Header("2", "echo.example.org")) },
        { "an element nobody knows", Encoding.UTF8.GetBytes("<foo xmlns='urn:bar'/>") },
        { "a second handshake", Encoding.UTF8.GetBytes("<handshake/>") },
    };

    public static TheoryData<string> Lies => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_lie_costs_the_link_and_one_line(string what)
    {
        var lie = All[what];
        await using var wire = new WireFixture();
        using var stream = await AcceptRawAsync(wire);
        _ = WriteAsync(stream, lie);

        await wire.UntilAsync(LinkState.Down);
        await RecoverAsync(wire);

        Assert.Equal([LinkState.Up, LinkState.Down, LinkState.Up], wire.Reports.Select(r => r.State));
        Assert.True(wire.Reports.ElementAt(1).Fault == LinkFault.ProtocolViolation, what);
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_lie_split_at_every_byte_ends_the_same_way(string what)
    {
        var lie = All[what];
        if (lie.Length > 1_000)
            lie = lie[..1_000].Concat("<</"u8.ToArray()).ToArray();
        await using var wire = new WireFixture();
        using var stream = await AcceptRawAsync(wire);
        _ = Task.Run(async () =>
        {
            foreach (var octet in lie)
                await WriteAsync(stream, new[] { octet });
        });

        await wire.UntilAsync(LinkState.Down);
        await RecoverAsync(wire);

        Assert.True(wire.Reports.ElementAt(1).Fault == LinkFault.ProtocolViolation, what);
    }

    [Fact]
    public async Task The_server_is_told_what_was_wrong()
    {
        await using var wire = new WireFixture();
        using var stream = await AcceptRawAsync(wire);
        await stream.WriteAsync("<message><a></b></message>");

        var error = await stream.ReadUntilAsync("<stream:error");

        Assert.Contains("<not-well-formed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>", error, StringComparison.Ordinal);
        await stream.ReadToEndAsync();
    }

    [Fact]
    public async Task A_stanza_before_the_handshake_is_a_lie()
    {
        await using var wire = new WireFixture();
        wire.Connection.Start();
        using var stream = await wire.Server.NextStreamAsync();
        await stream.OpenAsync();
        await stream.WriteAsync("<iq type='get' id='1' from='a@b' to='echo.example.org'><ping xmlns='urn:xmpp:ping'/></iq>");

        await wire.UntilAsync(LinkState.Down);

        Assert.Equal(LinkFault.ProtocolViolation, Assert.Single(wire.Reports).Fault);
    }

    [Fact]
    public async Task A_flood_is_answered_or_held_back_and_never_grows_without_bound()
    {
        await using var wire = new WireFixture(o => (o.QueueHighWaterBytes, o.QueueLimitBytes) = (64 * 1024, 256 * 1024));
        using var stream = await AcceptRawAsync(wire);
        var flood = new StringBuilder();
        for (var i = 0; i < 20_000; i++)
            flood.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"<iq type='get' id='{i}' from='a@example.net/x' to='echo.example.org'><ping xmlns='urn:xmpp:ping'/></iq>");
        var writing = WriteAsync(stream, Encoding.UTF8.GetBytes(flood.ToString()));

        var answers = 0;
        while (answers < 20_000)
        {
            Assert.True(await stream.ReadAsync() is not null, "the link broke");
            answers++;
            Assert.InRange(wire.Connection.WaitingBytes, 0, 256 * 1024);
        }
        await writing;
    }

    [Fact]
    public async Task A_handler_that_fails_costs_its_iq_only()
    {
        await using var wire = await WireFixture.ConnectedAsync();
        var romeo = wire.Server.User("romeo@example.net/orchard");
        await romeo.Send("<iq type='get' id='1' to='echo.example.org'><fail xmlns='urn:test'/></iq>");
        await romeo.Expect("""
            <iq type='error' id='1' from='echo.example.org'>
              <error type='cancel'><internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>
            </iq>
            """);
        Assert.Equal(1, wire.Router.FailureCount);
        await wire.AssertAliveAsync();
    }

    private static async Task RecoverAsync(WireFixture wire)
    {
        await wire.UntilNextAttemptAsync();
        await wire.Server.AcceptAsync();
        await wire.UntilAsync(LinkState.Up);
        await wire.AssertAliveAsync();
    }

    private static async Task<ServerStream> AcceptRawAsync(WireFixture wire)
    {
        wire.Connection.Start();
        var stream = await wire.Server.NextStreamAsync();
        await stream.OpenAsync("1");
        await stream.ReadHandshakeAsync("1", wire.Server.Secret);
        await stream.WriteAsync("<handshake/>");
        await wire.UntilAsync(LinkState.Up);
        return stream;
    }

    private static async Task WriteAsync(ServerStream stream, byte[] bytes)
    {
        try
        {
            await stream.WriteAsync(bytes);
        }
        catch (IOException)
        {
            // The component has closed: that is what the test is about.
        }
    }
}
