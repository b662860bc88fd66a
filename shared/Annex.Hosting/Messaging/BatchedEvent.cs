namespace Annex.Hosting.Messaging;

/// <summary>One event of an <see cref="EventBatch{TEvent}"/>.</summary>
public sealed record BatchedEvent<TEvent> where TEvent : class
{
    /// <summary>The same at every delivery.</summary>
    public required Guid Id { get; init; }

    public required TEvent Event { get; init; }

    public string? Trace { get; init; }
}
