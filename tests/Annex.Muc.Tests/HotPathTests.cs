using System.Text;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Xunit;

namespace Annex.Muc.Tests;

/// <summary>What a message costs a room: nothing per occupant.</summary>
public sealed class HotPathTests
{
    [Fact]
    public void A_message_to_a_thousand_allocates_no_more_than_one_to_ten()
    {
        Assert.Equal(Measure(10), Measure(1000));
    }

    [Fact]
    public void A_message_that_is_not_kept_allocates_nothing_in_the_room()
    {
        Assert.Equal(0, Measure(100));
    }

    [Fact]
    public void What_was_seen_of_the_sessions_at_one_moment_stays_true()
    {
        var list = new SessionList();
        var sessions = Enumerable.Range(0, 5).Select(i => new Session(Jid.Parse($"u{i}@x.lit/r"))).ToArray();
        foreach (var session in sessions[..3])
            list.Add(session);
        var (items, count) = (list.Items, list.Count);
        list.Remove(sessions[0]);
        list.Add(sessions[3]);
        list.Add(sessions[4]);
        Assert.Equal(sessions[..3], items[..count]);
        Assert.Equal(4, list.Count);
        list.Remove(sessions[4]);
        list.Remove(sessions[1]);
        Assert.Equal([sessions[2].Jid, sessions[3].Jid], list.Items[..list.Count].Select(s => s.Jid).Order());
        Assert.All(list.Items[..list.Count], s => Assert.Same(s, list.Items[s.Index]));
    }

    private static long Measure(int people)
    {
        var table = new RoomTable(new MucOptions { MessagesPerSecond = 0, RoomMessagesPerSecond = 0, OccupantIdSecret = "sixteen characters" });
        table.Create(("historylength", "0"));
        using var effects = new Effects();
        for (var i = 1; i < people; i++)
        {
            using var join = Stanza.Parse(Encoding.UTF8.GetBytes($"<presence from='user{i}@shakespeare.lit/r' to='{RoomTable.Address}/nick{i}'>" +
                "<x xmlns='http://jabber.org/protocol/muc'/></presence>"));
            table.Room.Apply(RoomCommand.Of(join), effects);
            effects.Clear();
        }
        using var message = Stanza.Parse(Encoding.UTF8.GetBytes($"<message type='groupchat' id='m' from='crone1@shakespeare.lit/desktop' " +
            $"to='{RoomTable.Address}'><body>Double, double toil and trouble</body><markable xmlns='urn:xmpp:chat-markers:0'/></message>"));
        long allocated = 0;
        for (var round = 0; round < 50; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            table.Room.Apply(RoomCommand.Of(message), effects);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(people, effects[0].RecipientCount);
            effects.Clear();
        }
        return allocated;
    }
}
