using System.Globalization;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Search;

/// <summary>What the service answers instead of a result (XEP-0433 §4.2.2), in the dialect's own namespace of errors.</summary>
internal static class SearchErrors
{
    public const string Namespace = "urn:xmpp:channel-search:0:error";

    public static readonly StanzaError NotASearch =
        StanzaError.BadRequest.WithText("A search holds a form, and at most one set of a page.");

    // XEP-0433 §4.2.2.2
    public static StanzaError InvalidSortKey { get; } =
        new(StanzaErrorType.Modify, "feature-not-implemented")
        {
            HttpStatus = 400,
            Application = new Element("invalid-sort-key", Namespace),
        };

    // XEP-0433 §4.2.2.5: disabled for everyone.
    public static StanzaError FullListRejected { get; } =
        StanzaError.NotAllowed.WithText("Retrieval of the full database is not allowed.")
            .With(new Element("full-set-retrieval-rejected", Namespace));

    // XEP-0433 §4.2.2.6. The text says bad-request and modify; the example, which says otherwise, contradicts it.
    public static StanzaError ConflictingFields { get; } =
        StanzaError.BadRequest.WithText("Cannot both return all entries and search for words.")
            .With(new Element("conflicting-fields", Namespace).Add("var", "all").Add("var", "q"));

    // XEP-0433 §4.2.2.7. The text says cancel, the example modify; the text wins.
    public static StanzaError NoSearchConditions { get; } =
        new(StanzaErrorType.Cancel, "bad-request", "Nothing to search for was given.")
        {
            HttpStatus = 400,
            Application = new Element("no-search-conditions", Namespace),
        };

    public static StanzaError InvalidNumber { get; } = StanzaError.BadRequest.WithText("min_users is a number.");

    // XEP-0433 §4.2.2.3
    public static StanzaError InvalidSearchTerms(string problem) =>
        StanzaError.BadRequest.WithText(problem).With(new Element("invalid-search-terms", Namespace));

    // XEP-0433 §4.2.2.4
    public static StanzaError RateLimit(TimeSpan retryAfter) =>
        StanzaError.ResourceConstraint.WithText("Too many searches; try again later.").With(new Element("rate-limit", Namespace)
            .With("retry-after", Math.Ceiling(retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture)));
}
