using Annex.Push.Providers;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Xml;

namespace Annex.Push.Handlers;

/// <summary>What a server's publish says (XEP-0357 §7), read as leniently as servers write: fields without values, a
/// summary form of type form, an empty notification.</summary>
public sealed record PublishedNotification
{
    /// <summary>Node and secret longer than this are nobody's; a stateless node is a device token.</summary>
    private const int MaxNodeLength = 4096;

    private static readonly FormLimits Limits = new() { MaxFields = 32, MaxValues = 64, MaxValueLength = 65_536 };

    public required string Node { get; init; }

    public string? Secret { get; init; }

    /// <summary>Stateless dialect: which of the operator's apps the node is a token of.</summary>
    public string? PushModule { get; init; }

    public string? Sender { get; init; }

    public string? Body { get; init; }

    /// <summary>A body, even one that only says that there is one, is what a person waits for. Everything else may be a
    /// call that the server cannot tell from a chat state: it is pushed too, but does not ring.</summary>
    public PushUrgency Urgency => string.IsNullOrEmpty(Body) ? PushUrgency.Normal : PushUrgency.High;

    /// <summary>Null where it is no publish of a notification.</summary>
    public static PublishedNotification? Read(Element pubsub)
    {
        if (pubsub.Child("publish") is not { } publish
            || publish["node"] is not { Length: > 0 and <= MaxNodeLength } node) return null;
        var notification = publish.ChildrenNamed("item").Select(item => item.Child("notification", PushNamespaces.Push))
            .FirstOrDefault(n => n is not null);
        if (notification is null) return null;
        // A form that breaks the limits tells nothing, but the push is pushed.
        var summary = DataForm.Find(notification, limits: Limits);
        var options = pubsub.Child("publish-options") is { } element ? DataForm.Find(element, limits: Limits) : null;
        return new PublishedNotification
        {
            Node = node,
            Secret = NonEmpty(options?["secret"]?.Value),
            PushModule = NonEmpty(options?["pushModule"]?.Value),
            Sender = NonEmpty(summary?["last-message-sender"]?.Value),
            Body = NonEmpty(summary?["last-message-body"]?.Text),
        };
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
