using System.Text.Json;
using System.Text.Json.Serialization;

namespace Annex.Hosting.Messaging;

/// <summary>One kind of event: its stable name, its JSON, and the generic calls that need its type.</summary>
internal abstract class EventType(string name)
{
    // Consumers of another release skip what they do not know, and find defaults for what is missing.
    protected static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The record's name, as it stands in the outbox.</summary>
    public string Name { get; } = name;

    public abstract string Serialize(object @event);

    public abstract object Deserialize(string body);

    /// <summary>Runs a generic piece of code with this event's type.</summary>
    public abstract TResult Accept<TResult>(IEventTypeVisitor<TResult> visitor);
}
