namespace Annex.Hosting.Messaging;

/// <summary>One event on its way out, as a row of a service's outbox.</summary>
internal sealed class OutboxRow
{
    public long Id { get; set; }

    /// <summary>What consumers remember it by.</summary>
    public Guid MessageId { get; set; }

    /// <summary>The event's name, <see cref="EventType.Name"/>.</summary>
    public string Type { get; set; } = "";

    /// <summary>JSON. Not the database's json type, which refuses texts with U+0000.</summary>
    public string Body { get; set; } = "";

    /// <summary>W3C traceparent of the work that emitted it.</summary>
    public string? Trace { get; set; }
}
