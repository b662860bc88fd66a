using System.Globalization;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Forms;

/// <summary>Media beside a field (XEP-0221): one picture or sound, at each of its addresses in another
/// format.</summary>
public sealed record FieldMedia(IReadOnlyList<FieldMediaUri> Uris, int? Width = null, int? Height = null)
{
    public const string Namespace = "urn:xmpp:media-element";

    internal static FieldMedia? Read(Element field)
    {
        if (field.Child("media", Namespace) is not { } media)
            return null;

        var uris = media.ChildrenNamed("uri").Take(16)
            .Select(uri => new FieldMediaUri(uri["type"] ?? "", uri.Text.Trim())).ToList();
        return new FieldMedia(uris, Size(media["width"]), Size(media["height"]));
    }

    internal Element ToElement()
    {
        var media = new Element("media", Namespace)
            .With("height", Height?.ToString(CultureInfo.InvariantCulture))
            .With("width", Width?.ToString(CultureInfo.InvariantCulture));
        foreach (var uri in Uris)
            media.Add(new Element("uri", Namespace).With("type", uri.Type).AddText(uri.Uri));
        return media;
    }

    private static int? Size(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;
}
