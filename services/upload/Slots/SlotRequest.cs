using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Upload.Slots;

/// <summary>A well-formed request for a slot; whether it is granted is another question.</summary>
/// <param name="FileName">As wished, not yet made fit.</param>
/// <param name="Size">Bytes, at least 1.</param>
/// <param name="ContentType">Null where the client named none.</param>
/// <param name="ExpireBefore">Of ephemeral alone: the file must not be served from then on.</param>
public sealed record SlotRequest(
    string FileName, long Size, MediaType? ContentType, Purpose Purpose = Purpose.Message, DateTimeOffset? ExpireBefore = null)
{
    /// <summary>Reads the request element of either namespace.</summary>
    public static bool TryRead(Element request, [NotNullWhen(true)] out SlotRequest? slot,
        [NotNullWhen(false)] out StanzaError? error)
    {
        slot = null;
        // Version 0.2 wrote child elements where :0 has attributes.
        var isLegacy = request.Namespace == UploadNamespaces.Legacy;
        string? Field(string name) => isLegacy ? request.Child(name)?.Text : request[name];

        error = UploadErrors.FileNameMissing;
        if (Field("filename") is not { Length: > 0 } name) return false;
        error = UploadErrors.SizeInvalid;
        if (!TryParseSize(Field("size"), out var size)) return false;

        // Converse.js sends content-type='' where the browser knows no type: the same as none.
        MediaType? type = null;
        error = UploadErrors.ContentTypeInvalid;
        if (Field("content-type") is { Length: > 0 } text && !MediaType.TryParse(text, out type)) return false;

        error = UploadErrors.PurposeInvalid;
        if (!TryReadPurpose(request, out var purpose, out var expireBefore)) return false;
        error = null;
        slot = new SlotRequest(name, size, type, purpose, expireBefore);
        return true;
    }

    /// <summary>xs:positiveInteger in 63 bits: digits only.</summary>
    public static bool TryParseSize(string? text, out long size)
    {
        size = 0;
        return text is { Length: > 0 and <= 19 } && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size > 0;
    }

    private static bool TryReadPurpose(Element request, out Purpose purpose, out DateTimeOffset? expireBefore)
    {
        purpose = Purpose.Message; // XEP-0363 §5: the default
        expireBefore = null;
        var seen = false;
        foreach (var child in request.Children)
        {
            if (child.Namespace != UploadNamespaces.Purpose) continue;
            if (seen) return false;
            seen = true;
            switch (child.Name)
            {
                case "message": break;
                case "profile": purpose = Purpose.Profile; break;
                case "permanent": purpose = Purpose.Permanent; break;
                case "ephemeral":
                    purpose = Purpose.Ephemeral;
                    if (!XmppDateTime.TryParse(child["expire-before"], out var stamp)) return false;
                    expireBefore = stamp;
                    break;
                default: return false;
            }
        }
        return true;
    }
}
