using Annex.Push.Providers;

namespace Annex.Push.Handlers;

/// <summary>What a server's publish says (XEP-0357 §7).</summary>
public sealed record PublishedNotification
{
    public required string Node { get; init; }

    public string? Secret { get; init; }

    /// <summary>Stateless dialect: which of the operator's apps the node is a token of.</summary>
    public string? PushModule { get; init; }

    public string? Sender { get; init; }

    public string? Body { get; init; }

    /// <summary>A body, even one that only says that there is one, is what a person waits for. Everything else may be a
    /// call that the server cannot tell from a chat state: it is pushed too, but does not ring.</summary>
    public PushUrgency Urgency => string.IsNullOrEmpty(Body) ? PushUrgency.Normal : PushUrgency.High;
}
