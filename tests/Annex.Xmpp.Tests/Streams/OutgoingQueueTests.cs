using System.Text;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Xunit;

namespace Annex.Xmpp.Tests.Streams;

public sealed class OutgoingQueueTests
{
    [Fact]
    public async Task What_was_committed_comes_out_once_in_its_order()
    {
        using var queue = new OutgoingQueue(1_000_000, 1_000_000);
        queue.MarkUp();
        Write(queue, "<message/>", "<presence/>");
        Assert.Equal("<message/><presence/>", await TakeAsync(queue));
        Write(queue, "<iq/>");
        Assert.Equal("<iq/>", await TakeAsync(queue));
        Assert.Equal(0, queue.Waiting);
    }

    [Fact]
    public async Task What_was_not_committed_is_taken_back()
    {
        using var queue = new OutgoingQueue(1_000_000, 1_000_000);
        queue.MarkUp();
        using (var batch = new OutgoingBatch(queue))
        {
            batch.Writer.StartElement("message"u8);
            batch.Commit(StanzaKind.Message);
            batch.Writer.StartElement("iq"u8);
            batch.Writer.StartElement("half"u8);
        }
        Write(queue, "<presence/>");
        Assert.Equal("<message/><presence/>", await TakeAsync(queue));
    }

    [Fact]
    public async Task A_stanza_larger_than_a_segment_is_whole()
    {
        using var queue = new OutgoingQueue(10_000_000, 10_000_000);
        queue.MarkUp();
        var large = $"<message>{new string('x', 200_000)}</message>";
        Write(queue, large, "<iq/>");
        Assert.Equal(large + "<iq/>", await TakeAsync(queue));
    }

    [Fact]
    public async Task Batches_of_many_threads_do_not_mix()
    {
        using var queue = new OutgoingQueue(100_000_000, 100_000_000);
        queue.MarkUp();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
                Write(queue, $"<a t='{thread}' n='{i}'/>", $"<b t='{thread}' n='{i}'/>");
        })));

        var pieces = (await TakeAsync(queue)).Split("/>", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(8_000, pieces.Length);
        for (var i = 0; i < pieces.Length; i += 2)
            Assert.Equal(pieces[i]["<a".Length..], pieces[i + 1]["<b".Length..]);
    }

    [Fact]
    public async Task Producers_wait_above_the_high_water_mark_and_go_on_below_half_of_it()
    {
        using var queue = new OutgoingQueue(1_000, 10_000);
        queue.MarkUp();
        Assert.True(queue.WaitForRoomAsync(default).AsTask().IsCompleted);
        Write(queue, $"<m>{new string('x', 1_000)}</m>");
        var waiting = queue.WaitForRoomAsync(default).AsTask();
        Assert.False(waiting.IsCompleted);
        await TakeAsync(queue);
        await waiting;
    }

    [Fact]
    public async Task Beyond_the_limit_a_stanza_is_dropped_whole_and_counted()
    {
        using var queue = new OutgoingQueue(100, 200);
        queue.MarkUp();
        for (var i = 0; i < 10; i++)
            Write(queue, $"<m>{new string('x', 93)}</m>");
        Assert.Equal(8, queue.Overflowed);
        Assert.Equal(200, (await TakeAsync(queue)).Length);
    }

    [Fact]
    public async Task Presence_is_dropped_while_the_link_is_down_and_the_rest_waits()
    {
        using var queue = new OutgoingQueue(1_000, 10_000);
        Write(queue, StanzaKind.Presence, "<presence/>");
        Write(queue, StanzaKind.Message, "<message/>");
        Write(queue, StanzaKind.Presence, "<presence/>");
        queue.MarkUp();
        Assert.Equal("<message/>", await TakeAsync(queue));
        Assert.Equal(2, queue.DroppedPresences);
    }

    [Fact]
    public async Task What_was_being_written_when_the_link_broke_is_not_written_again()
    {
        using var queue = new OutgoingQueue(1_000, 10_000);
        queue.MarkUp();
        Write(queue, "<first/>");
        await queue.TakeAsync(default);
        Write(queue, "<second/>");
        queue.MarkDown();
        queue.MarkUp();
        Assert.Equal("<second/>", await TakeAsync(queue));
    }

    [Fact]
    public void Batches_do_not_nest()
    {
        using var queue = new OutgoingQueue(1_000, 10_000);
        queue.Open();
        Assert.Throws<InvalidOperationException>(queue.Open);
        queue.Close();
        queue.Open();
        queue.Close();
    }

    [Fact]
    public async Task A_taker_that_came_first_is_woken()
    {
        using var queue = new OutgoingQueue(1_000, 10_000);
        queue.MarkUp();
        for (var i = 0; i < 1_000; i++)
        {
            var taking = TakeAsync(queue);
            Write(queue, "<a/>");
            Assert.Equal("<a/>", await taking);
        }
    }

    private static void Write(OutgoingQueue queue, params string[] stanzas)
    {
        using var batch = new OutgoingBatch(queue);
        foreach (var stanza in stanzas)
        {
            System.Buffers.BuffersExtensions.Write(batch.Output, Encoding.UTF8.GetBytes(stanza));
            batch.Commit(StanzaKind.Message);
        }
    }

    private static void Write(OutgoingQueue queue, StanzaKind kind, string stanza)
    {
        using var batch = new OutgoingBatch(queue);
        System.Buffers.BuffersExtensions.Write(batch.Output, Encoding.UTF8.GetBytes(stanza));
        batch.Commit(kind);
    }

    private static async Task<string> TakeAsync(OutgoingQueue queue)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var ready = await queue.TakeAsync(limit.Token);
        var text = new StringBuilder();
        for (var i = 0; i < ready.SegmentCount; i++)
            text.Append(Encoding.UTF8.GetString(ready.Segment(i).Span));
        queue.MarkSent();
        return text.ToString();
    }
}
