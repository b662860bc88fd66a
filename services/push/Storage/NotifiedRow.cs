namespace Annex.Push.Storage;

/// <summary>Table push.notified: ids of notifications that were asked for over RPC, for a day.</summary>
public sealed class NotifiedRow
{
    public required string Id { get; set; }

    public DateTimeOffset At { get; set; }
}
