using System.Threading.Channels;
using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Paging;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;
using Microsoft.Extensions.Logging;

namespace Annex.Muc.Handlers;

/// <summary>
/// Keeps one block list like its pubsub node (XEP-0060): subscribes, fetches all items page by page (XEP-0059), and
/// takes what is published and retracted from then on. All over again when the link has come back, when the node was
/// not to be had, and once in a while, for what a lost notification would have said.
/// </summary>
internal sealed class BlockListSubscriber(BlockList list, ComponentConnection connection, BanDesk desk, MucOptions options,
    TimeProvider time, ILogger logger)
{
    public const string PubSub = "http://jabber.org/protocol/pubsub";
    public const string Event = "http://jabber.org/protocol/pubsub#event";

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(1);

    private const int MaxBreaks = 2;

    private readonly Lock _gate = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
    });

    // Between the subscription and the last page: what is told then is applied again on top of what was fetched.
    private List<(string Hash, bool IsAdded)>? _meanwhile;
    private string _told = "";

    // How often the link broke over a fetch: an answer without pages may be longer than a stanza may be.
    private int _breaks;

    public BlockList List => list;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        connection.Changed += Changed;
        try
        {
            var retry = FirstRetry;
            while (true)
            {
                await connection.WaitForStateAsync(LinkState.Up, cancellationToken);
                _wake.Reader.TryRead(out _);
                var isDone = await TryFollowAsync(cancellationToken);
                retry = isDone ? FirstRetry : retry;
                await WaitAsync(isDone ? options.BlockListRefresh : retry, cancellationToken);
                retry = isDone ? FirstRetry : retry * 2 < LastRetry ? retry * 2 : LastRetry;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The service stops.
        }
        finally
        {
            connection.Changed -= Changed;
        }
    }

    /// <summary>A message of the pubsub service; false where it is about something else.</summary>
    public bool TryTake(Stanza message)
    {
        if (message.From is null || !message.From.Equals(list.Service) || message.Child("event", Event) is not { } news)
            return false;
        var isOurs = false;
        foreach (var part in news.Children)
        {
            if (part["node"] != list.Node)
                continue;
            isOurs = true;
            Take(part);
        }
        return isOurs;
    }

    private void Take(Element part)
    {
        var isMatchPossible = false;
        lock (_gate)
        {
            switch (part.Name)
            {
                case "items":
                    foreach (var entry in part.Children)
                    {
                        if (!BlockList.TryReadHash(entry["id"], out var hash))
                            continue;
                        var isAdded = entry.Name == "item";
                        if (isAdded && list.Count >= options.MaxBlockListEntries)
                            continue;
                        Apply(hash, isAdded);
                        _meanwhile?.Add((hash, isAdded));
                        isMatchPossible |= isAdded;
                    }
                    break;
                case "purge" or "delete":
                    list.Replace([]);
                    _meanwhile?.Clear();
                    break;
            }
            if (part.Name == "delete")
                Fail("the node was deleted");
        }
        if (part.Name == "delete")
            _wake.Writer.TryWrite(true);
        if (isMatchPossible)
            desk.EjectAll();
    }

    private void Apply(string hash, bool isAdded)
    {
        if (isAdded)
            list.Add(hash);
        else
            list.Remove(hash);
    }

    private async Task<bool> TryFollowAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            _meanwhile = [];
        try
        {
            await SubscribeAsync(cancellationToken);
            if (_breaks >= MaxBreaks)
                throw new BlockListException("its answer is longer than Muc:Component:MaxStanzaBytes; only news of it are taken");
            var hashes = await FetchAsync(cancellationToken);
            lock (_gate)
            {
                list.Replace(hashes);
                foreach (var (hash, isAdded) in _meanwhile)
                    Apply(hash, isAdded);
            }
            (list.IsSubscribed, list.FetchedAt, list.Problem, _breaks) = (true, time.GetUtcNow(), "", 0);
            if (_told != "ok")
                Log.BlockListFollowed(logger, list.Service, list.Node, list.Count);
            _told = "ok";
            desk.EjectAll();
            return true;
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException or BlockListException)
        {
            Fail(e is TimeoutException ? "no answer" : e.Message);
            return false;
        }
        finally
        {
            lock (_gate)
                _meanwhile = null;
        }
    }

    /// <summary>What is known of the list stays in force: better an old list than none.</summary>
    private void Fail(string problem)
    {
        (list.IsSubscribed, list.Problem) = (false, problem);
        if (_told != problem)
            Log.BlockListLost(logger, list.Service, list.Node, problem);
        _told = problem;
    }

    private async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        var reply = await AskAsync(StanzaType.Set, new Element("pubsub", PubSub).Add(
            new Element("subscribe", PubSub).With("node", list.Node).With("jid", connection.Jid.ToString())), cancellationToken);
        var state = reply.Child("pubsub", PubSub)?.Child("subscription")?["subscription"];
        if (state is not (null or "subscribed"))
            throw new BlockListException($"the subscription is {state}");
    }

    /// <summary>All items. A service that knows no pages sends all at once, without a set.</summary>
    private async Task<List<string>> FetchAsync(CancellationToken cancellationToken)
    {
        var hashes = new List<string>();
        string? after = null;
        var left = options.MaxBlockListEntries / options.BlockListPage + 2;
        while (left-- > 0)
        {
            var query = new Element("pubsub", PubSub).Add(new Element("items", PubSub).With("node", list.Node));
            query.Add(new PageRequest { Max = options.BlockListPage, After = after }.ToElement());
            var reply = await AskAsync(StanzaType.Get, query, cancellationToken);
            if (reply.Child("pubsub", PubSub) is not { } answer)
                break;
            var items = answer.Child("items")?.ChildrenNamed("item").ToList() ?? [];
            foreach (var item in items)
            {
                if (BlockList.TryReadHash(item["id"], out var hash))
                    hashes.Add(hash);
            }
            if (hashes.Count >= options.MaxBlockListEntries)
            {
                Log.BlockListTooLong(logger, list.Service, list.Node, options.MaxBlockListEntries);
                break;
            }
            var page = PageResult.Read(answer);
            if (items.Count == 0 || page?.Last is not { Length: > 0 } last || last == after
                || (page.FirstIndex is { } first && page.Count is { } count && first + items.Count >= count))
                break;
            after = last;
        }
        return hashes.Count <= options.MaxBlockListEntries ? hashes : hashes[..options.MaxBlockListEntries];
    }

    private async Task<Element> AskAsync(StanzaType type, Element payload, CancellationToken cancellationToken)
    {
        var reply = await connection.Iqs.AskAsync(list.Service, type, payload, cancellationToken: cancellationToken);
        if (reply["type"] != "error")
            return reply;
        var condition = reply.Child("error")?.Children.FirstOrDefault(c => c.Namespace == Namespaces.StanzaErrors)?.Name;
        throw new BlockListException(condition ?? "an error");
    }

    private async Task WaitAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var timer = Task.Delay(pause, time, limit.Token);
        var woken = _wake.Reader.WaitToReadAsync(limit.Token).AsTask();
        await Task.WhenAny(timer, woken);
        await limit.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>The server behind a new link may know nothing of the subscription.</summary>
    private void Changed(LinkReport report)
    {
        if (report.State == LinkState.Up)
            _wake.Writer.TryWrite(true);
        else if (list.IsSubscribed || _meanwhile is not null)
        {
            _breaks += _meanwhile is null ? 0 : 1;
            list.IsSubscribed = false;
        }
    }

    private sealed class BlockListException(string message) : Exception(message);
}
