using Annex.Xmpp.Stanzas;

namespace Annex.Push;

/// <summary>
/// Every error that this service gives. To a publish nothing but the device's own end is told as anything but "wait":
/// ejabberd drops the user's registration at the first other error, Prosody at the sixteenth.
/// </summary>
public static class PushErrors
{
    public static readonly StanzaError PublishMalformed =
        StanzaError.BadRequest.WithText("This publish has no node or no notification.");

    /// <summary>Unknown node, wrong secret, wrong sender: one answer for all three.</summary>
    public static readonly StanzaError Refused =
        StanzaError.Forbidden.WithText("There is no such node, or it is not yours to publish to.");

    /// <summary>Too many refusals for one domain: perhaps its configuration is at fault, and nobody there shall lose a
    /// registration.
    /// </summary>
    public static readonly StanzaError TooManyRefused =
        StanzaError.ResourceConstraint.WithText("Too many publishes were refused. Try again later.");

    public static readonly StanzaError TooFast =
        StanzaError.ResourceConstraint.WithText("Too many publishes in a short time.");

    public static readonly StanzaError Overload =
        StanzaError.ResourceConstraint.WithText("The push could not be stored now. Try again later.");

    public static readonly StanzaError ProviderAway =
        new(StanzaErrorType.Wait, "remote-server-timeout",
            "The push network cannot be reached; the push is kept and tried again.");

    public static readonly StanzaError ProviderBusy =
        StanzaError.ResourceConstraint.WithText("The push network asks to wait; the push is kept and tried again.");

    public static readonly StanzaError OurFault =
        new(StanzaErrorType.Wait, "internal-server-error",
            "This service is set up wrongly; the push is kept and tried again.");

    public static readonly StanzaError NotTaken =
        new(StanzaErrorType.Wait, "undefined-condition",
            "The push network refused this push. The registration stands.");

    public static readonly StanzaError EndpointNotAllowed =
        StanzaError.NotAcceptable.WithText("This URL cannot be pushed to.");

    public static readonly StanzaError PayloadTooLarge =
        StanzaError.NotAcceptable.WithText("The payload is longer than 4096 bytes.");

    public static readonly StanzaError NotLocal =
        StanzaError.Forbidden.WithText("Only users of this server may register here.");

    public static readonly StanzaError Banned = StanzaError.Forbidden.WithText("You may not register here.");

    public static readonly StanzaError TooManyDevices =
        new(StanzaErrorType.Wait, "resource-constraint",
            "There are too many registrations of yours. End some of them.");

    public static readonly StanzaError NoSuchDevice =
        StanzaError.ItemNotFound.WithText("There is no such registration of yours.");

    public static readonly StanzaError UnknownApp =
        new(StanzaErrorType.Wait, "service-unavailable", "This service does not push for that app.");

    public static readonly StanzaError NoSuchApp =
        StanzaError.NotAcceptable.WithText("This service does not push for that app.");

    /// <summary>cancel/item-not-found: the device is gone, and the server shall forget it.</summary>
    public static StanzaError Gone(string reason) =>
        StanzaError.ItemNotFound.WithText($"The device is gone ({reason}).");

    public static StanzaError Field(string name, string problem) =>
        StanzaError.NotAcceptable.WithText($"{name} {problem}.");
}
