using Annex.Testing.Scripted;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;
using Xunit;

namespace Annex.Scenarios.Wire;

public sealed class ClosingTests
{
    [Fact]
    public async Task The_queue_is_written_out_and_the_stream_closed()
    {
        await using var server = new ScriptedServer("echo.example.org");
        await using var connection = new ComponentConnection(server.Options, new(), server.ConnectAsync);
        connection.Start();
        using var stream = await server.NextStreamAsync();
        await stream.OpenAsync("1");
        await stream.WriteAsync("<handshake/>");
        await connection.WaitForStateAsync(LinkState.Up, CancellationToken.None);
        for (var i = 0; i < 1_000; i++)
            connection.Send(Element.Parse($"<message from='echo.example.org' to='a@example.net'><body>{i}</body></message>"));

        var closing = connection.DisposeAsync();

        await stream.ReadUntilAsync("<handshake");
        for (var i = 0; i < 1_000; i++)
            Assert.Contains($">{i}<", await stream.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal("</stream:stream>", await stream.ReadAsync());
        stream.Dispose();
        await closing;
        Assert.Equal(LinkState.Closed, connection.State);
    }

    [Fact]
    public async Task A_component_that_never_connected_closes_too()
    {
        await using var server = new ScriptedServer("echo.example.org") { IsRefusing = true };
        var connection = new ComponentConnection(server.Options, new(), server.ConnectAsync);
        connection.Start();
        await connection.WaitForStateAsync(LinkState.Down, CancellationToken.None);

        await connection.DisposeAsync();

        Assert.Equal(LinkState.Closed, connection.State);
    }

    [Fact]
    public async Task Whoever_sends_after_the_end_does_no_harm()
    {
        await using var wire = await WireFixture.ConnectedAsync();
        await wire.DisposeAsync();

        wire.Connection.Send(Element.Parse("<message from='echo.example.org' to='a@example.net'><body>late</body></message>"));

        Assert.False(wire.Connection.IsConnected);
    }
}
