namespace Annex.Hosting.Messaging;

/// <summary>The broker's message: a run of events of one kind and one origin, in their order. One confirmation for many events
/// is what makes an ordered outbox fast. (Public because the broker's client makes it.)</summary>
public sealed record EventBatch<TEvent> where TEvent : class
{
    /// <summary>The service that emitted them.</summary>
    public string Origin { get; init; } = "";

    public IReadOnlyList<BatchedEvent<TEvent>> Events { get; init; } = [];
}
