using System.Text.Json;

namespace Annex.Hosting.Messaging;

internal sealed class EventTypeOf<TEvent>() : EventType(typeof(TEvent).Name) where TEvent : class
{
    public override string Serialize(object @event) => JsonSerializer.Serialize((TEvent)@event, Json);

    public override object Deserialize(string body) =>
        JsonSerializer.Deserialize<TEvent>(body, Json) ?? throw new JsonException("An event is never null.");

    public override TResult Accept<TResult>(IEventTypeVisitor<TResult> visitor) => visitor.Visit<TEvent>(this);
}
