namespace Annex.Hosting.Messaging;

/// <summary>All consumers are in this process: the outbox row itself is the queue, and goes when they have committed.</summary>
internal sealed class InProcessTransport(IReadOnlyList<EventReceiver> receivers) : IEventTransport
{
    public string? Trouble => null;

    public Task SendAsync(
        string origin, EventType type, IReadOnlyList<EventItem> events, CancellationToken cancellationToken)
    {
        var work = new List<Task>();
        foreach (var receiver in receivers)
        {
            if (receiver.Takes(type))
                work.Add(receiver.ReceiveAsync(type, events, cancellationToken));
        }
        return Task.WhenAll(work);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
