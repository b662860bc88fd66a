using Annex.Testing.Scripted;
using Annex.Xmpp.Streams;
using Xunit;

namespace Annex.Scenarios.Wire;

public sealed class ReconnectTests
{
    [Fact]
    public async Task A_lost_link_is_back_soon_after_the_servers_return_with_one_line_down_and_one_up()
    {
        await using var wire = await WireFixture.ConnectedAsync();
        wire.Server.IsRefusing = true;
        wire.Server.Break();
        await wire.UntilAsync(LinkState.Down);
        for (var i = 0; i < 20; i++)
            await wire.UntilNextAttemptAsync();

        wire.Server.IsRefusing = false;
        var back = wire.Time.GetUtcNow();
        await wire.UntilNextAttemptAsync();
        Assert.InRange(wire.Time.GetUtcNow() - back, TimeSpan.Zero, TimeSpan.FromSeconds(2.5));
        await wire.Server.AcceptAsync();
        await wire.UntilAsync(LinkState.Up);

        Assert.Equal([LinkState.Up, LinkState.Down, LinkState.Up], wire.Reports.Select(r => r.State));
        await wire.AssertAliveAsync();
    }

    [Theory]
    [InlineData("system-shutdown")]
    [InlineData(null)]
    public async Task A_server_that_goes_down_properly_is_waited_for(string? streamError)
    {
        await using var wire = await WireFixture.ConnectedAsync();
        await wire.Server.CloseAsync(streamError);
        await wire.UntilAsync(LinkState.Down);

        await wire.UntilNextAttemptAsync();
        await wire.Server.AcceptAsync();

        await wire.UntilAsync(LinkState.Up);
        await wire.AssertAliveAsync();
    }

    [Fact]
    public async Task A_conflict_makes_a_standby_that_takes_over_when_the_address_is_free()
    {
        await using var wire = new WireFixture();
        wire.Connection.Start();
        for (var i = 0; i < 3; i++)
        {
            using var stream = await wire.Server.NextStreamAsync();
            await stream.OpenAsync();
            await stream.WriteAsync(ServerStream.StreamError("conflict", "Component already connected"));
            await wire.UntilAsync(LinkState.Standby);
            await wire.UntilNextAttemptAsync();
        }
        await wire.Server.AcceptAsync();

        await wire.UntilAsync(LinkState.Up);
        Assert.Equal([LinkState.Standby, LinkState.Up], wire.Reports.Select(r => r.State));
    }

    [Fact]
    public async Task Whoever_is_kicked_off_its_address_does_not_kick_back_at_once()
    {
        await using var wire = await WireFixture.ConnectedAsync();
        await wire.Server.CloseAsync("conflict");
        await wire.UntilAsync(LinkState.Standby);

        await wire.PassAsync(TimeSpan.FromSeconds(14));
        Assert.Equal(1, wire.Server.Attempts);
        await wire.UntilNextAttemptAsync();
        await wire.Server.AcceptAsync();
        await wire.UntilAsync(LinkState.Up);
    }

    [Fact]
    public async Task While_the_link_is_down_presence_is_dropped_and_the_rest_waits()
    {
        await using var wire = await WireFixture.ConnectedAsync();
        wire.Server.Break();
        await wire.UntilAsync(LinkState.Down);

        Send(wire, "<presence from='echo.example.org' to='a@example.net'/>");
        Send(wire, "<message from='echo.example.org' to='a@example.net'><body>late</body></message>");
        await wire.UntilNextAttemptAsync();
        await wire.Server.AcceptAsync();

        await wire.Server.Expect("<message from='echo.example.org' to='a@example.net'><body>late</body></message>");
    }

    [Fact]
    public async Task What_waits_while_the_link_is_down_is_bounded()
    {
        await using var wire = await WireFixture.ConnectedAsync(o => (o.QueueHighWaterBytes, o.QueueLimitBytes) = (1_000, 2_000));
        wire.Server.Break();
        await wire.UntilAsync(LinkState.Down);

        for (var i = 0; i < 100; i++)
            Send(wire, $"<message from='echo.example.org' to='a@example.net'><body>{i:D4}</body></message>");

        Assert.InRange(wire.Connection.WaitingBytes, 1_000, 2_000);
        Assert.False(wire.Connection.WaitForRoomAsync(CancellationToken.None).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Nobody_connects_before_the_gate_opens()
    {
        await using var wire = new WireFixture();
        var lease = new TaskCompletionSource();
        wire.Connection.BeforeConnect = token => new ValueTask(lease.Task.WaitAsync(token));
        wire.Connection.Start();
        Assert.Equal(0, wire.Server.Attempts);

        lease.SetResult();
        await wire.Server.AcceptAsync();

        await wire.UntilAsync(LinkState.Up);
    }

    [Fact]
    public async Task A_dropped_link_is_made_anew_behind_the_gate()
    {
        await using var wire = await WireFixture.ConnectedAsync();

        wire.Connection.Drop("the lease is lost");
        await wire.UntilAsync(LinkState.Down);
        await wire.UntilNextAttemptAsync();
        await wire.Server.AcceptAsync();

        await wire.UntilAsync(LinkState.Up);
        Assert.Contains(wire.Reports, r => r.Detail == "the lease is lost");
    }

    private static void Send(WireFixture wire, string xml) => wire.Connection.Send(Annex.Xmpp.Xml.Element.Parse(xml));
}
