using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Annex.Muc.Handlers;

/// <summary>The block lists of the configuration, each followed by itself.</summary>
internal sealed class BlockListService : BackgroundService
{
    private readonly List<BlockListSubscriber> _subscribers;

    public BlockListService(RoomDirectory directory, ComponentConnection connection, BanDesk desk, TimeProvider time,
        ILogger<BlockListService> logger)
    {
        var options = directory.Options;
        var lists = options.BlockLists
            .Select(o => new BlockList(Jid.Parse(o.Service).Bare, o.Node, o.DryRun, o.Reason)).ToList();
        _subscribers = [.. lists.Select(l => new BlockListSubscriber(l, connection, desk, options, time, logger))];
        directory.Service.Bans.Lists = lists;
    }

    /// <summary>Notifications come to the service's own address; what a room or an occupant is sent is theirs.</summary>
    public void Register(StanzaRouter router, StanzaHandler elsewhere) =>
        router.OnMessage(BlockListSubscriber.Event, "event", (in context) =>
        {
            if (context.Stanza.To is not { HasLocal: false } || !TryTake(context.Stanza))
                elsewhere(context);
        });

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_subscribers.Select(s => s.RunAsync(stoppingToken)));

    private bool TryTake(Stanza message)
    {
        var isTaken = false;
        foreach (var subscriber in _subscribers)
            isTaken |= subscriber.TryTake(message);
        return isTaken;
    }
}
