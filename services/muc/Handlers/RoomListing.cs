using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Extensions.Paging;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Handlers;

/// <summary>disco#items of the service: its public rooms in pages (XEP-0045 §6.3, XEP-0059), from the store where there
/// is one, so that rooms that sleep are listed too.</summary>
internal sealed class RoomListing(RoomDirectory directory, CommandTable? commands = null)
{
    // With their names some 60 KiB: well within what a server passes on.
    private const int MaxPage = 500;

    // Each holds a database connection for a few milliseconds.
    private const int MaxReads = 8;

    private const int MaxWaiting = 1000;

    // Some 100 KiB each, as objects.
    private const int MaxKept = 8;

    // A commit whose answer was lost is no news; for so long at most it is not seen.
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();

    // Pages as they were read last: a list of a hundred thousand rooms is not counted again for each who asks.
    private readonly Dictionary<PageRequest, (Element Answer, long Version, long ReadAt)> _kept = [];

    // Pages that are being read, and for each what comes meanwhile waits for.
    private readonly Dictionary<PageRequest, TaskCompletionSource<Element>?> _reads = [];
    private int _waiting;

    public void Answer(in StanzaContext context)
    {
        var query = context.Stanza.FirstChild!;
        if (query["node"] == CommandTable.Namespace && commands is not null && context.Stanza is { From: { } from, To: { } to })
        {
            context.Result(commands.List(from, to).ToElement());
            return;
        }
        if (query["node"] is { Length: > 0 })
        {
            context.Error(StanzaError.ItemNotFound);
            return;
        }
        if (!TryRead(query, out var page, out var after, out var before, out var error))
        {
            context.Error(error!);
            return;
        }
        if (directory.Store is null)
        {
            context.Result(Write(page!, directory.List.Page(after, before, page!.Before is not null, page.Max)));
            return;
        }
        if (Kept(page!) is { } kept)
        {
            context.Result(kept);
            return;
        }
        if (Read(page!, after, before) is not { } answer)
        {
            context.Error(StanzaError.ResourceConstraint);
            return;
        }
        // Owned by the count: never more than MaxWaiting, each ends with an answer.
        _ = AnswerAsync(context.Stanza.Detach(), context.Connection, answer);
    }

    /// <summary>Whoever asks for a page that is being read shares the next read of it, which begins when that one has ended: nobody
    /// gets what is older than the question, and however many ask, the database is asked by one at a time.</summary>
    /// <returns>Null: too many wait.</returns>
    private Task<Element>? Read(PageRequest page, Jid? after, Jid? before)
    {
        // Whoever waits goes on within the call that ends the wait: a thread woken for each would cost more than the answer.
        var answer = new TaskCompletionSource<Element>();
        lock (_gate)
        {
            if (_waiting >= MaxWaiting)
                return null;
            if (_reads.TryGetValue(page, out var next))
            {
                _waiting++;
                if (next is null)
                    _reads[page] = next = answer;
                return next.Task;
            }
            if (_reads.Count >= MaxReads)
                return null;
            _waiting++;
            _reads[page] = null;
        }
        _ = ReadAsync(page, after, before, answer);
        return answer.Task;
    }

    private async Task ReadAsync(PageRequest page, Jid? after, Jid? before, TaskCompletionSource<Element> answer)
    {
        for (TaskCompletionSource<Element>? current = answer; current is not null;)
        {
            try
            {
                var (version, at) = (directory.Store!.ListVersion, directory.Service.Time.GetTimestamp());
                var rooms = await directory.Store.ListPublicAsync(after, before, page.Before is not null, page.Max,
                    CancellationToken.None).WaitAsync(directory.Options.StoreTimeout);
                var written = Write(page, rooms);
                Keep(page, written, version, at);
                current.SetResult(written);
            }
            catch (Exception exception)
            {
                current.SetException(exception);
            }
            lock (_gate)
            {
                current = _reads[page];
                if (current is null)
                    _reads.Remove(page);
                else
                    _reads[page] = null;
            }
        }
    }

    private Element? Kept(PageRequest page)
    {
        lock (_gate)
        {
            return _kept.TryGetValue(page, out var kept) && kept.Version == directory.Store!.ListVersion
                && directory.Service.Time.GetElapsedTime(kept.ReadAt) < KeptFor ? kept.Answer : null;
        }
    }

    private void Keep(PageRequest page, Element answer, long version, long readAt)
    {
        lock (_gate)
        {
            if (_kept.Count >= MaxKept)
                _kept.Clear();
            _kept[page] = (answer, version, readAt);
        }
    }

    private static bool TryRead(Element query, out PageRequest? page, out Jid? after, out Jid? before,
        out StanzaError? error)
    {
        (after, before) = (null, null);
        if (!PageRequest.TryRead(query, MaxPage, out page, out error))
            return false;
        if (page.Index is not null)
            error = StanzaError.FeatureNotImplemented; // XEP-0059 §2.6: may be left out
        else if ((page.After is { } a && !Jid.TryParse(a, out after))
            || (page.Before is { Length: > 0 } b && !Jid.TryParse(b, out before)))
            error = StanzaError.ItemNotFound; // §2.4
        return error is null;
    }

    private async Task AnswerAsync(Stanza stanza, ComponentConnection connection, Task<Element> answer)
    {
        try
        {
            connection.SendResult(stanza, await answer);
        }
        catch (Exception exception)
        {
            if (exception is not (IOException or TimeoutException or System.Data.Common.DbException))
                directory.CountFailure(exception, stanza.To!);
            connection.SendError(stanza, MucErrors.StoreAway);
        }
        finally
        {
            stanza.Dispose();
            lock (_gate)
                _waiting--;
        }
    }

    /// <summary>The set is there when it was asked for, and when the list is not whole (§6.3).</summary>
    private static Element Write(PageRequest request, RoomPage page)
    {
        var items = new DiscoItems();
        foreach (var room in page.Rooms)
            items.Items.Add(new DiscoItem(room.Room, room.Name.Length > 0 ? room.Name : room.Room.Local));
        if (request.IsExplicit || page.Rooms.Count < page.Total)
        {
            items.Page = page.Rooms.Count == 0
                ? new PageResult(null, null, null, page.Total)
                : new PageResult(page.Rooms[0].Room.ToString(), page.Rooms[^1].Room.ToString(), page.FirstIndex,
                page.Total);
        }
        return items.ToElement();
    }
}
