using Annex.Muc.Features;
using Annex.Muc.Handlers;
using Annex.Muc.Rooms;
using Annex.Testing.Scripted;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Annex.Muc.Tests;

/// <summary>The same made-up conversations over a connection, through router, mailbox and write loop: whatever people send, no room
/// throws, and the counter that says so counts.</summary>
public sealed class MailboxFuzzTests
{
    private const int Stanzas = 3000;

    [Fact]
    public async Task Whatever_people_send_the_exception_counter_stays_at_zero()
    {
        Assert.Equal(0, await TalkAsync(FeatureList.All));
    }

    [Fact]
    public async Task A_planted_fault_is_counted_each_time()
    {
        var fault = new Fault();
        var counted = await TalkAsync([fault, .. FeatureList.All]);
        Assert.True(fault.Count > 10, $"the fault was met {fault.Count} times");
        Assert.Equal(fault.Count, counted);
    }

    private static async Task<long> TalkAsync(IRoomFeature[] features)
    {
        await using var server = new ScriptedServer("chat.shakespeare.lit");
        var router = new StanzaRouter();
        await using var connection = new ComponentConnection(server.Options, router, server.ConnectAsync);
        var options = new MucOptions { CreateRooms = RoomCreators.Anyone, OccupantIdSecret = "sixteen characters", MaxSessionsPerNick = 2 };
        await using var rooms = new RoomDirectory(new ChatService(Jid.Parse("chat.shakespeare.lit"), options, TimeProvider.System)
        {
            Admins = new HashSet<Jid> { Jid.Parse("bard@shakespeare.lit") },
            Features = features,
        }, connection, null, NullLogger.Instance);
        new StanzaHandlers(rooms).Register(router);
        connection.Start();
        await server.AcceptAsync();
        var stanzas = new FuzzStanzas(new Random(20261128));
        for (var step = 0; step < Stanzas; step++)
            await server.User(stanzas.Sender()).Send(stanzas.Make(step));
        await server.Settle(RoomTable.Address);
        Assert.Equal(0, router.FailureCount);
        return rooms.FailureCount;
    }

    /// <summary>Throws on what nobody expects.</summary>
    private sealed class Fault : IRoomFeature
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public bool TryMessage(Room room, Stanza message, Effects effects)
        {
            if (message.PayloadName.SequenceEqual("x"u8) && message.Payload.Span.IndexOf("<decline"u8) >= 0)
            {
                Interlocked.Increment(ref _count);
                throw new InvalidOperationException("planted");
            }
            return false;
        }
    }
}
