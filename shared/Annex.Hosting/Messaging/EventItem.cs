namespace Annex.Hosting.Messaging;

/// <summary>One event as consumers of any transport get it.</summary>
/// <param name="Id">The same at every delivery.</param>
/// <param name="Trace">W3C traceparent of the work that emitted it.</param>
internal sealed record EventItem(Guid Id, object Event, string? Trace);
