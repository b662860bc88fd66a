using Annex.Xmpp.Stanzas;

namespace Annex.TurnDiscovery;

/// <summary>What is refused, and how. XEP-0215 §3.3 names the conditions for credentials.</summary>
public static class TurnErrors
{
    public static readonly StanzaError NotOurUser =
        StanzaError.Forbidden.WithText("External services are for the users of this server.");

    public static readonly StanzaError Banned = StanzaError.Forbidden.WithText("You are banned from this service.");

    /// <summary>The same for accounts that exist and accounts that do not (XEP-0355, security considerations).</summary>
    public static readonly StanzaError NotYourAccount = StanzaError.ServiceUnavailable;

    public static readonly StanzaError TooOften =
        StanzaError.ResourceConstraint.WithText("Too many requests, try again later.") with { HttpStatus = 429 };

    public static readonly StanzaError NoneLeft =
        StanzaError.ServiceUnavailable.WithText("No server of this kind can be reached at the moment.");

    /// <summary>Known, but down: it cannot be asked for credentials now.</summary>
    public static readonly StanzaError IsDown =
        StanzaError.RemoteServerTimeout.WithText("That server cannot be reached at the moment.");

    public static readonly StanzaError UnknownService = StanzaError.ItemNotFound.WithText("No such service.");

    public static readonly StanzaError HostAndTypeMissing =
        StanzaError.BadRequest.WithText("A service is named by host and type.");

    public static readonly StanzaError TooManyServices = StanzaError.BadRequest.WithText("Too many services at once.");

    /// <summary>Nothing here can be set.</summary>
    public static readonly StanzaError GetOnly = StanzaError.NotAllowed.WithText("This is asked with type get.");
}
