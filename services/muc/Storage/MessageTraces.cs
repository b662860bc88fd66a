using System.Collections.Concurrent;
using System.Diagnostics;
using Annex.Muc.Rooms;

namespace Annex.Muc.Storage;

/// <summary>The spans of messages on their way into the archive: "muc message" since its stanza was taken, in it "muc store" until
/// it is durable. The event that tells of the message carries the latter on, to whatever follows. Where no collector is
/// configured nothing is made.</summary>
internal static class MessageTraces
{
    private static readonly ActivitySource Source = new("Annex.Muc");
    private static readonly ConcurrentDictionary<Guid, Activity> Stores = new();

    /// <summary>The outcome to hand on instead: it ends the spans.</summary>
    public static Action<bool>? Begin(IReadOnlyList<RoomChange> changes, Action<bool>? outcome)
    {
        if (outcome is null || !Source.HasListeners()) return outcome;
        var begun = new List<(Guid Id, Activity Message)>();
        var before = Activity.Current;
        foreach (var message in changes.OfType<ArchiveAppend>())
        {
            // Each message begins a trace of its own, and leaves none behind in the room's turn.
            Activity.Current = null;
            if (Source.StartActivity("muc message", ActivityKind.Consumer, default(ActivityContext), startTime: message.At)
                is not { } whole) continue;
            if (Source.StartActivity("muc store") is { } store) Stores[message.Id] = store;
            begun.Add((message.Id, whole));
        }
        Activity.Current = before;
        if (begun.Count == 0) return outcome;
        return isDurable =>
        {
            foreach (var (id, whole) in begun) End(id, whole, isDurable);
            outcome(isDurable);
        };
    }

    /// <summary>W3C traceparent of a message that is being stored, or null.</summary>
    public static string? Of(Guid message) => Stores.TryGetValue(message, out var store) ? store.Id : null;

    private static void End(Guid id, Activity whole, bool isDurable)
    {
        if (Stores.TryRemove(id, out var store))
        {
            if (!isDurable) store.SetStatus(ActivityStatusCode.Error);
            store.Dispose();
        }
        whole.Dispose();
    }
}
