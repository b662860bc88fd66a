using Annex.Xmpp.Streams;
using Xunit;

namespace Annex.Scenarios.Wire;

public sealed class KeepAliveTests
{
    [Fact]
    public async Task An_idle_link_that_works_stays()
    {
        await using var wire = await WireFixture.ConnectedAsync();
        for (var i = 0; i < 60; i++)
        {
            await wire.PassAsync(TimeSpan.FromSeconds(10));
            await wire.AssertAliveAsync();
        }
        Assert.Equal(1, wire.Server.Attempts);
    }

    [Fact]
    public async Task A_silent_server_is_pinged_and_then_given_up()
    {
        await using var wire = new WireFixture();
        using var stream = await AcceptRawAsync(wire);

        await wire.PassAsync(TimeSpan.FromSeconds(40));
        var ping = await stream.ReadUntilAsync("<iq");
        Assert.Contains("urn:xmpp:ping", ping, StringComparison.Ordinal);
        Assert.Contains("to='echo.example.org'", ping, StringComparison.Ordinal);
        await wire.PassAsync(TimeSpan.FromSeconds(20));
        await wire.UntilAsync(LinkState.Down);

        Assert.Equal(LinkFault.Silent, wire.Reports.Last().Fault);
        await wire.UntilNextAttemptAsync();
        await wire.Server.AcceptAsync();
        await wire.UntilAsync(LinkState.Up);
    }

    [Fact]
    public async Task Half_a_stanza_and_silence_is_death()
    {
        await using var wire = new WireFixture();
        using var stream = await AcceptRawAsync(wire);
        await stream.WriteAsync("<message from='a@example.org' to='echo.example.org'><body>half a st");

        await wire.PassAsync(TimeSpan.FromSeconds(40));
        // A byte now and then is no sign of life.
        await stream.WriteAsync("a");
        await wire.PassAsync(TimeSpan.FromSeconds(20));

        await wire.UntilAsync(LinkState.Down);
        Assert.Equal(LinkFault.Silent, wire.Reports.Last().Fault);
    }

    [Fact]
    public async Task A_link_on_which_nothing_was_sent_gets_white_space()
    {
        await using var wire = new WireFixture(o => o.PingAfter = TimeSpan.FromMinutes(5));
        using var stream = await AcceptRawAsync(wire);

        await wire.PassAsync(wire.Options.WhitespaceAfter);

        Assert.Equal(" ", await stream.ReadRawAsync());
    }

    private static async Task<Testing.Scripted.ServerStream> AcceptRawAsync(WireFixture wire)
    {
        wire.Connection.Start();
        var stream = await wire.Server.NextStreamAsync();
        await stream.OpenAsync("1");
        await stream.ReadHandshakeAsync("1", wire.Server.Secret);
        await stream.WriteAsync("<handshake/>");
        await wire.UntilAsync(LinkState.Up);
        return stream;
    }
}
