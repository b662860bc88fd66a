using Annex.Contracts.Events;

namespace Annex.Hosting.Messaging;

/// <summary>The events that this process knows: those of the contracts, and whatever a consumer was registered for.</summary>
internal sealed class EventTypes
{
    private readonly Dictionary<string, EventType> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, EventType> _byType = [];

    public EventTypes()
    {
        var home = typeof(RoomCreated);
        foreach (var type in home.Assembly.GetExportedTypes())
        {
            if (type.Namespace == home.Namespace && type is { IsClass: true, IsAbstract: false })
                Add((EventType)Activator.CreateInstance(typeof(EventTypeOf<>).MakeGenericType(type))!, type);
        }
    }

    public EventType Add<TEvent>() where TEvent : class =>
        _byType.TryGetValue(typeof(TEvent), out var known) ? known : Add(new EventTypeOf<TEvent>(), typeof(TEvent));

    public EventType Of(object @event) => _byType.TryGetValue(@event.GetType(), out var type)
        ? type
        : throw new ArgumentException($"{@event.GetType()} is no event of the contracts.", nameof(@event));

    /// <summary>Null for an event of a newer release.</summary>
    public EventType? Find(string name) => _byName.GetValueOrDefault(name);

    private EventType Add(EventType type, Type clrType)
    {
        _byName.Add(type.Name, type);
        _byType.Add(clrType, type);
        return type;
    }
}
