using Annex.Muc.Rooms;
using Annex.Muc.Storage;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;
using Annex.Xmpp.Xml;
using Npgsql;

namespace Annex.Muc.Handlers;

/// <summary>MUC/Sub: to which rooms of the service somebody has subscribed, asked of the service itself.</summary>
internal sealed class SubscriptionListing(RoomDirectory directory, RoomStore store)
{
    // Each holds a database connection for a few milliseconds.
    private const int MaxAtOnce = 8;

    private int _running;

    public void Register(StanzaRouter router) =>
        router.OnIq(StanzaType.Get, SubscriptionWords.Namespace, "subscriptions", Answer, SubscriptionWords.Namespace);

    private void Answer(in StanzaContext context)
    {
        if (context.Stanza.To is { HasLocal: true } && context.Stanza.From is not null)
        {
            directory.Post(context.Stanza.Detach()); // a room's own list: Features/Subscribing
            return;
        }
        if (Interlocked.Increment(ref _running) > MaxAtOnce)
        {
            Interlocked.Decrement(ref _running);
            context.Error(StanzaError.ResourceConstraint);
            return;
        }
        // Owned by the count: never more than MaxAtOnce, each ends with an answer.
        _ = AnswerAsync(context.Stanza.Detach(), context.Connection);
    }

    private async Task AnswerAsync(Stanza stanza, ComponentConnection connection)
    {
        try
        {
            var list = new Element("subscriptions", SubscriptionWords.Namespace);
            var found = await store.SubscriptionsOfAsync(stanza.From!.Bare, CancellationToken.None).WaitAsync(directory.Options.StoreTimeout);
            foreach (var (room, nick, nodes) in found)
            {
                list.Add(SubscriptionWords.Write(new Element("subscription", SubscriptionWords.Namespace)
                    .With("jid", room.ToString()).With("nick", nick), nodes));
            }
            connection.SendResult(stanza, list);
        }
        catch (Exception exception)
        {
            if (exception is not (TimeoutException or NpgsqlException))
                directory.CountFailure(exception, stanza.To!);
            connection.SendError(stanza, MucErrors.StoreAway);
        }
        finally
        {
            stanza.Dispose();
            Interlocked.Decrement(ref _running);
        }
    }
}
