namespace Annex.Muc.Storage;

/// <summary>Table muc.subscriptions: who gets what a room says while he is not in it (MUC/Sub).</summary>
internal sealed class SubscriptionRow
{
    public required string Room { get; set; }

    /// <summary>A bare JID.</summary>
    public required string Subject { get; set; }

    public required string Nick { get; set; }

    /// <summary>SubscriptionNodes as a number.</summary>
    public int Nodes { get; set; }
}
