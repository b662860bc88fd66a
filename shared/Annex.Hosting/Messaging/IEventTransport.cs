namespace Annex.Hosting.Messaging;

/// <summary>Carries events from an outbox to the consumers.</summary>
internal interface IEventTransport
{
    /// <summary>Completes when the events are safe with the other side: confirmed by the broker, or, inside the process,
    /// committed by every consumer. An exception means that they have to be sent again.</summary>
    Task SendAsync(string origin, EventType type, IReadOnlyList<EventItem> events, CancellationToken cancellationToken);

    Task StartAsync(CancellationToken cancellationToken);

    Task StopAsync(CancellationToken cancellationToken);

    /// <summary>Null while all is well, or why events wait.</summary>
    string? Trouble { get; }
}
