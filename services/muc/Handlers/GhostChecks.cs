using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Annex.Muc.Handlers;

/// <summary>
/// After a start of this process, or a break of its link, nobody told the rooms who left meanwhile. Everybody who was
/// in a room before is asked once, at a bounded rate. A ping that comes back with an error of XEP-0045 §18.1.2 removes
/// the session with 333. Other errors decide nothing (a client without XEP-0199 answers so): then a groupchat message
/// without content is sent, which a server has to return where there is nobody (RFC 6121 §8.5.3.2.1), and the room
/// knows what that means.
/// </summary>
internal sealed class GhostChecks(RoomDirectory directory, ComponentConnection connection, TimeProvider time,
    ILogger<GhostChecks> logger, MucMetrics? metrics = null)
    : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private int _asked;
    private int _removed;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wasConnected = false;
        var hasLinkBroken = false;
        using var timer = new PeriodicTimer(Second, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var isConnected = connection.IsConnected;
            if (isConnected && !wasConnected && hasLinkBroken)
                SuspectAll();
            hasLinkBroken |= wasConnected && !isConnected;
            wasConnected = isConnected;
            if (isConnected)
                AskSome(stoppingToken);
        }
    }

    /// <summary>One second's share.</summary>
    /// <returns>How many were asked.</returns>
    internal int AskSome(CancellationToken cancellationToken)
    {
        var left = directory.Options.GhostChecksPerSecond;
        foreach (var mailbox in directory.Mailboxes)
        {
            if (mailbox.Room is { } room)
                left -= AskSome(mailbox.Jid, room, left, cancellationToken);
            if (left == 0)
                break;
        }
        var asked = directory.Options.GhostChecksPerSecond - left;
        if (asked == 0 && _asked > 0)
        {
            Log.GhostsChecked(logger, _asked, _removed);
            (_asked, _removed) = (0, 0);
        }
        _asked += asked;
        return asked;
    }

    /// <summary>The link was down: everybody may have left unheard.</summary>
    internal void SuspectAll()
    {
        foreach (var mailbox in directory.Mailboxes)
            directory.Post(mailbox.Jid, new SuspectCall());
    }

    private int AskSome(Jid address, Room room, int max, CancellationToken cancellationToken)
    {
        // Read beside the room's turn: a session too many or too few is asked a second later.
        var sessions = room.Sessions.Items;
        var asked = 0;
        foreach (var session in sessions)
        {
            if (asked == max)
                break;
            if (session is not { IsRestored: true })
                continue;
            session.IsRestored = false;
            asked++;
            // Owned by the tracker's time-out: it ends with an answer or without one.
            _ = AskAsync(address, session.Jid, cancellationToken);
        }
        return asked;
    }

    private async Task AskAsync(Jid room, Jid session, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await connection.Iqs.AskAsync(session, StanzaType.Get,
                new Element("ping", MucNamespaces.Ping), Patience, room,
                cancellationToken);
            if (reply["type"] != "error")
                return;
            var condition = reply.Child("error")?.Children.FirstOrDefault(c =>
                c.Namespace == Namespaces.StanzaErrors)?.Name ?? "";
            if (DeliveryErrors.MeansGone(condition))
            {
                Interlocked.Increment(ref _removed);
                metrics?.GhostFound();
                directory.Post(room, new RemoveGhostCall(session));
            }
            else
            {
                directory.Post(room, new TouchCall(session));
            }
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException or InvalidOperationException)
        {
            // Nobody knows: the session stays, and its server's next error decides.
        }
    }

    private sealed class SuspectCall : RoomCall
    {
        public override void Apply(Room room, Effects effects) => room.SuspectAll();
    }

    private sealed class RemoveGhostCall(Jid session) : RoomCall
    {
        public override void Apply(Room room, Effects effects)
        {
            if (room.TryGetSession(session, out var ghost))
                room.RemoveGhost(ghost, effects);
        }
    }

    private sealed class TouchCall(Jid session) : RoomCall
    {
        public override void Apply(Room room, Effects effects)
        {
            if (room.TryGetSession(session, out var suspect))
                room.Touch(suspect, effects);
        }
    }
}
