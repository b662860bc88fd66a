using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Stanzas;

/// <summary>
/// A stanza error (RFC 6120 §8.3): type, defined condition, an optional text in English and an optional
/// application-specific condition. Declared once per service in its &lt;Name&gt;Errors.cs, immutable.
/// </summary>
public sealed record StanzaError(StanzaErrorType Type, string Condition, string? Text = null)
{
    /// <summary>The application-specific condition (RFC 6120 §8.3.4), written after the defined one.</summary>
    public Element? Application { get; init; }

    /// <summary>Character data of the defined condition: the URI of gone and redirect (RFC 6120 §8.3.3.5,
    /// §8.3.3.14).</summary>
    public string? ConditionText { get; init; }

    /// <summary>The by attribute: who answers (a room's address, XEP-0045 §7.2.1), or null.</summary>
    public string? By { get; init; }

    /// <summary>The status that says the same over HTTP, where a service speaks both.</summary>
    public int HttpStatus { get; init; }

    public StanzaError WithText(string text) => this with { Text = text };

    public StanzaError With(Element application) => this with { Application = application };

    // The conditions of RFC 6120 §8.3.3 with the type that the RFC or common use gives them.
    public static readonly StanzaError BadRequest = new(StanzaErrorType.Modify, "bad-request") { HttpStatus = 400 };
    public static readonly StanzaError Conflict = new(StanzaErrorType.Cancel, "conflict") { HttpStatus = 409 };
    public static readonly StanzaError FeatureNotImplemented =
        new(StanzaErrorType.Cancel, "feature-not-implemented") { HttpStatus = 501 };
    public static readonly StanzaError Forbidden = new(StanzaErrorType.Auth, "forbidden") { HttpStatus = 403 };
    public static readonly StanzaError Gone = new(StanzaErrorType.Cancel, "gone") { HttpStatus = 410 };
    public static readonly StanzaError InternalServerError =
        new(StanzaErrorType.Cancel, "internal-server-error") { HttpStatus = 500 };
    public static readonly StanzaError ItemNotFound =
        new(StanzaErrorType.Cancel, "item-not-found") { HttpStatus = 404 };
    public static readonly StanzaError JidMalformed = new(StanzaErrorType.Modify, "jid-malformed") { HttpStatus = 400 };
    public static readonly StanzaError NotAcceptable =
        new(StanzaErrorType.Modify, "not-acceptable") { HttpStatus = 406 };
    public static readonly StanzaError NotAllowed = new(StanzaErrorType.Cancel, "not-allowed") { HttpStatus = 405 };
    public static readonly StanzaError NotAuthorized = new(StanzaErrorType.Auth, "not-authorized") { HttpStatus = 401 };
    public static readonly StanzaError PolicyViolation =
        new(StanzaErrorType.Modify, "policy-violation") { HttpStatus = 403 };
    public static readonly StanzaError RecipientUnavailable =
        new(StanzaErrorType.Wait, "recipient-unavailable") { HttpStatus = 404 };
    public static readonly StanzaError Redirect = new(StanzaErrorType.Modify, "redirect") { HttpStatus = 302 };
    public static readonly StanzaError RegistrationRequired =
        new(StanzaErrorType.Auth, "registration-required") { HttpStatus = 403 };
    public static readonly StanzaError RemoteServerNotFound =
        new(StanzaErrorType.Cancel, "remote-server-not-found") { HttpStatus = 404 };
    public static readonly StanzaError RemoteServerTimeout =
        new(StanzaErrorType.Wait, "remote-server-timeout") { HttpStatus = 504 };
    public static readonly StanzaError ResourceConstraint =
        new(StanzaErrorType.Wait, "resource-constraint") { HttpStatus = 503 };
    public static readonly StanzaError ServiceUnavailable =
        new(StanzaErrorType.Cancel, "service-unavailable") { HttpStatus = 503 };
    public static readonly StanzaError SubscriptionRequired =
        new(StanzaErrorType.Auth, "subscription-required") { HttpStatus = 403 };
    public static readonly StanzaError UndefinedCondition =
        new(StanzaErrorType.Cancel, "undefined-condition") { HttpStatus = 500 };
    public static readonly StanzaError UnexpectedRequest =
        new(StanzaErrorType.Wait, "unexpected-request") { HttpStatus = 400 };
}
