using Annex.Hosting.Storage;

namespace Annex.Hosting.Messaging;

/// <summary>Takes one kind of event. Constructed once per event from a scope of its own.</summary>
public interface IEventConsumer<in TEvent> where TEvent : class
{
    /// <summary>Does the work inside <paramref name="scope"/>, which is committed together with the mark that this event was
    /// seen: whatever is written through it happens exactly once. An exception rolls all of it back, and the event comes again,
    /// with backoff, then goes to the error table. Work outside the database (a call, a file) has to bear repetition.</summary>
    Task ConsumeAsync(TEvent @event, DbTransactionScope scope, CancellationToken cancellationToken);
}
