namespace Annex.Upload.Http;

/// <summary>A request that ends with this status and sentence.</summary>
/// <param name="RetryAfter">Seconds, where trying again later makes sense.</param>
public sealed record Refusal(int Status, string Reason, int RetryAfter = 0)
{
    // Absent, expired, deleted, not yet uploaded and guessed are one and the same to whoever asks.
    public static readonly Refusal NotFound = new(StatusCodes.Status404NotFound, "There is no such file.");
    public static readonly Refusal NotAllowed = new(StatusCodes.Status405MethodNotAllowed, "Only " + ResponseHeaders.Methods + ".");
    public static readonly Refusal NoToken = new(StatusCodes.Status401Unauthorized, "The slot's Authorization header is missing.");
    public static readonly Refusal WrongToken =
        new(StatusCodes.Status403Forbidden, "The authorization is not valid for this slot.");
    public static readonly Refusal ExpiredToken = new(StatusCodes.Status403Forbidden, "The slot has expired; ask for a new one.");
    public static readonly Refusal Used = new(StatusCodes.Status409Conflict, "The slot has been used.");
    public static readonly Refusal Busy = new(StatusCodes.Status409Conflict, "The slot is being used.");
    public static readonly Refusal TooLong =
        new(StatusCodes.Status413PayloadTooLarge, "The body is longer than the slot allows.");
    public static readonly Refusal TooShort = new(StatusCodes.Status400BadRequest, "The body is shorter than the slot says.");
    public static readonly Refusal WrongType =
        new(StatusCodes.Status415UnsupportedMediaType, "The Content-Type is not the one that the slot was asked for.");
    public static readonly Refusal Encoded =
        new(StatusCodes.Status415UnsupportedMediaType, "Content-Encoding is not taken; send the bytes as they are.");
    public static readonly Refusal Ambiguous =
        new(StatusCodes.Status400BadRequest, "Content-Length and Transfer-Encoding exclude each other.");
    public static readonly Refusal UnknownCoding =
        new(StatusCodes.Status501NotImplemented, "Of the transfer codings only chunked is taken.");
    public static readonly Refusal Partial = new(StatusCodes.Status400BadRequest, "A PUT cannot carry a range.");
    public static readonly Refusal Blocked = new(StatusCodes.Status403Forbidden, "This content is not accepted here.");
    public static readonly Refusal TooMany =
        new(StatusCodes.Status503ServiceUnavailable, "Too many uploads at the moment.", RetryAfter: 30);
    public static readonly Refusal Unavailable =
        new(StatusCodes.Status503ServiceUnavailable, "The service cannot do this at the moment.", RetryAfter: 30);
    // RFC 4918 §11.5: not to be repeated by itself, so no time to do so is named, and a balancer asks no other process.
    public static readonly Refusal NoSpace =
        new(StatusCodes.Status507InsufficientStorage, "The service has no space left for this file.");
    public static readonly Refusal Unsatisfiable =
        new(StatusCodes.Status416RangeNotSatisfiable, "The file has no such range.");
    public static readonly Refusal PreconditionFailed =
        new(StatusCodes.Status412PreconditionFailed, "The file is not the one you think it is.");

    public async Task WriteAsync(HttpContext http)
    {
        var response = http.Response;
        response.StatusCode = Status;
        if (Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        if (Status == StatusCodes.Status405MethodNotAllowed) response.Headers.Allow = ResponseHeaders.Methods;
        if (RetryAfter > 0) response.Headers.RetryAfter = RetryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = Reason.Length + 1;
        if (HttpMethods.IsHead(http.Request.Method)) return;
        await response.WriteAsync(Reason + "\n", http.RequestAborted);
    }
}
