using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Annex.Upload.Http;

/// <summary>The conditional headers of GET and HEAD in the order of RFC 9110 §13.2.2.</summary>
public static class Preconditions
{
    /// <summary>Status to answer with instead of the file (304 or 412), or 0.</summary>
    /// <param name="modified">Last-Modified, in whole seconds.</param>
    public static int Evaluate(IHeaderDictionary headers, EntityTagHeaderValue tag, DateTimeOffset modified)
    {
        var typed = new RequestHeaderReader(headers);
        if (headers.ContainsKey(HeaderNames.IfMatch))
        {
            if (!Matches(typed.IfMatch, tag, useStrong: true)) return StatusCodes.Status412PreconditionFailed;
        }
        else if (typed.IfUnmodifiedSince is { } unmodified && modified > unmodified)
        {
            return StatusCodes.Status412PreconditionFailed;
        }
        if (headers.ContainsKey(HeaderNames.IfNoneMatch))
        {
            return Matches(typed.IfNoneMatch, tag, useStrong: false) ? StatusCodes.Status304NotModified : 0;
        }
        return typed.IfModifiedSince is { } since && modified <= since ? StatusCodes.Status304NotModified : 0;
    }

    /// <summary>Whether Range holds under If-Range (§13.1.5): a strong match of the tag, or exactly the date.</summary>
    public static bool RangeHolds(IHeaderDictionary headers, EntityTagHeaderValue tag, DateTimeOffset modified)
    {
        var text = headers.IfRange.ToString();
        if (text.Length == 0) return true;
        if (EntityTagHeaderValue.TryParse(text, out var given)) return given.Compare(tag, useStrongComparison: true);
        return HeaderUtilities.TryParseDate(text, out var date) && date == modified;
    }

    private static bool Matches(IList<EntityTagHeaderValue> given, EntityTagHeaderValue tag, bool useStrong)
    {
        foreach (var candidate in given)
        {
            if (candidate.Equals(EntityTagHeaderValue.Any) || candidate.Compare(tag, useStrong)) return true;
        }
        return false;
    }

    private readonly struct RequestHeaderReader(IHeaderDictionary headers)
    {
        public IList<EntityTagHeaderValue> IfMatch => Tags(HeaderNames.IfMatch);

        public IList<EntityTagHeaderValue> IfNoneMatch => Tags(HeaderNames.IfNoneMatch);

        public DateTimeOffset? IfModifiedSince => Date(HeaderNames.IfModifiedSince);

        public DateTimeOffset? IfUnmodifiedSince => Date(HeaderNames.IfUnmodifiedSince);

        private IList<EntityTagHeaderValue> Tags(string name) =>
            EntityTagHeaderValue.TryParseList(headers[name], out var tags) ? tags : [];

        // An invalid date is ignored (§13.1.3, §13.1.4).
        private DateTimeOffset? Date(string name) =>
            headers.TryGetValue(name, out var value) && HeaderUtilities.TryParseDate(value.ToString(), out var date) ? date : null;
    }
}
