using System.Globalization;
using Annex.Upload.Slots;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Upload;

/// <summary>Every error that this service gives, over XMPP and (by its status) over HTTP.</summary>
public static class UploadErrors
{
    public static readonly StanzaError FileNameMissing = StanzaError.BadRequest.WithText("The request names no file.");
    public static readonly StanzaError SizeInvalid =
        StanzaError.BadRequest.WithText("The size has to be a positive whole number of bytes.");
    public static readonly StanzaError ContentTypeInvalid = StanzaError.BadRequest.WithText("This is not a media type.");
    public static readonly StanzaError PurposeInvalid =
        StanzaError.BadRequest.WithText("One purpose at most, and expire-before has to be a UTC date and time.");
    public static readonly StanzaError ExpireBeforePast =
        StanzaError.BadRequest.WithText("The file would expire before it could be fetched.");
    public static readonly StanzaError PurposeNotServed =
        StanzaError.NotAcceptable.WithText("Files for this purpose are not kept here.");
    public static readonly StanzaError NotLocal =
        StanzaError.Forbidden.WithText("Only users of this server may upload files.");
    public static readonly StanzaError Banned = StanzaError.Forbidden.WithText("You may not upload files here.");
    public static readonly StanzaError UserQuota =
        Constraint("Your files have used up the space that is yours. Delete some, or wait.");
    public static readonly StanzaError ServiceQuota = Constraint("The service has no space left at the moment.");
    public static readonly StanzaError TooManySlots = Constraint("Too many uploads in a short time. Try again later.");
    public static readonly StanzaError FileUnknown = StanzaError.ItemNotFound.WithText("There is no such file of yours.");
    public static readonly StanzaError FileUnknownToAdmin = StanzaError.ItemNotFound.WithText("There is no such file.");
    public static readonly StanzaError FieldInvalid = StanzaError.BadRequest.WithText("A field of the form is missing or wrong.");

    /// <summary>XEP-0363 §6: modify/not-acceptable with the limit in bytes, in the namespace of the request.</summary>
    public static StanzaError FileTooLarge(long limit, string ns)
    {
        var number = limit.ToString(CultureInfo.InvariantCulture);
        return new StanzaError(
            StanzaErrorType.Modify, "not-acceptable", $"File too large. The maximum file size is {number} bytes")
        {
            Application = new Element("file-too-large", ns).Add("max-file-size", number),
            HttpStatus = StatusCodes.Status413PayloadTooLarge,
        };
    }

    /// <summary>XEP-0363 §6: when to try again, in UTC (XEP-0082). Rounded up to a whole second, so that it is never early.</summary>
    public static StanzaError WithRetry(this StanzaError error, DateTimeOffset stamp) =>
        error.With(new Element("retry", UploadNamespaces.Upload).With("stamp", XmppDateTime.Format(CeilingOf(stamp))));

    // ejabberd's service_url makes wait/resource-constraint of 402 (Payment Required), and of nothing else.
    private static StanzaError Constraint(string text) =>
        new(StanzaErrorType.Wait, "resource-constraint", text) { HttpStatus = StatusCodes.Status402PaymentRequired };

    private static DateTimeOffset CeilingOf(DateTimeOffset stamp)
    {
        var rest = stamp.UtcTicks % TimeSpan.TicksPerSecond;
        return rest == 0 ? stamp : stamp.AddTicks(TimeSpan.TicksPerSecond - rest);
    }
}
