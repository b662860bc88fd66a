namespace Annex.Hosting.Messaging;

/// <summary>Generic code over an event's type.</summary>
internal interface IEventTypeVisitor<out TResult>
{
    TResult Visit<TEvent>(EventType type) where TEvent : class;
}
