using Annex.Contracts.Events;
using Annex.Hosting.Messaging;
using Annex.Hosting.Storage;
using Annex.Push.Delivery;
using Annex.Push.Providers;
using Annex.Push.Registrations;
using Annex.Push.Storage;

namespace Annex.Push.Consumers;

/// <summary>A push to each device of each member who is away, by the device's choice: all messages, those that name the
/// member, or none. It is stored in the event's own transaction, so that an event that comes twice is pushed
/// once.</summary>
public sealed class RoomMessagePostedConsumer(
    RegistrationStore registrations, PushQueue queue, DeliveryWorker worker, PushOptions options, TimeProvider time)
    : IEventConsumer<RoomMessagePosted>
{
    /// <summary>Members looked up at once; a room has many.</summary>
    private const int Bite = 500;

    public async Task ConsumeAsync(RoomMessagePosted @event, DbTransactionScope scope,
        CancellationToken cancellationToken)
    {
        // What has no text (a marker, a chat state) is stored too, and rings nobody.
        if (!@event.HasBody && !@event.IsEncrypted) return;
        var count = 0;
        foreach (var bite in @event.Absent.Chunk(Bite))
        {
            var absent = bite.DistinctBy(m => m.Jid).ToDictionary(m => m.Jid, m => m.IsMentioned,
                StringComparer.Ordinal);
            var devices = await registrations.ListForRoomAsync(absent.Keys, @event.Room, cancellationToken);
            // A device may be registered for all rooms and for this one: it rings once, and the room's own choice holds.
            var pushes = devices.GroupBy(d => (d.Owner, d.Provider, d.Device))
                .Select(g => g.FirstOrDefault(d => d.Room is not null) ?? g.First())
                .Where(d => Wants(d, absent[d.Owner])).Select(d => Push(d, @event)).ToList();
            if (pushes.Count > 0) await queue.AddAsync(pushes, scope.Connection, scope.Transaction, cancellationToken);
            count += pushes.Count;
        }
        if (count > 0) scope.OnCommitted(worker.WakeAll);
    }

    /// <summary>Who registers a room by itself and chooses nothing wants to hear of it.</summary>
    private static bool Wants(Registration device, bool isMentioned) => device.Rooms switch
    {
        RoomNotifications.All => true,
        RoomNotifications.Mentions => isMentioned,
        _ => device.Room is not null,
    };

    private QueuedPush Push(Registration registration, RoomMessagePosted @event) => new()
    {
        Key = $"{registration.Node}\n{@event.Room}",
        RegistrationId = registration.Id,
        Provider = registration.Provider,
        App = registration.App,
        Payload = PushPayload.Create(registration, @event.Room, @event.SenderNick, @event.Body, options),
        Urgency = PushUrgency.High,
        ExpiresAt = time.GetUtcNow() + options.Delivery.TimeToLive,
    };
}
