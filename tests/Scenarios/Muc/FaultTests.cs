using Annex.Muc.Features;
using Annex.Muc.Rooms;
using Annex.Xmpp.Stanzas;
using Xunit;

namespace Annex.Scenarios.Muc;

/// <summary>A fault in a room: counted, answered, and the room goes on.</summary>
public sealed class FaultTests : ChatScenario
{
    protected override int PlantedFailures => 1;

    private protected override IRoomFeature[] Features => [new Fault(), .. base.Features];

    [Fact]
    public async Task A_planted_fault_is_counted_and_its_sender_gets_internal_server_error()
    {
        await CreateWithThree();
        await Hag.Send($"<iq type='get' id='f' to='{Room}'><fault xmlns='urn:witch:fault'/></iq>");
        await ExpectError(Hag, "cancel", "internal-server-error");
        Assert.Equal(1, FailureCount);
        await Hag.Send($"<message to='{Room}' type='groupchat' id='on'><body>on</body></message>");
        await See(Wicca, $"<message from='{Room}/thirdwitch' type='groupchat' id='on'><body>on</body></message>");
    }

    private sealed class Fault : IRoomFeature
    {
        public bool TryIq(Room room, Stanza iq, Effects effects) =>
            iq.PayloadName.SequenceEqual("fault"u8) ? throw new InvalidOperationException("planted") : false;
    }
}
