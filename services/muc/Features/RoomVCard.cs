using System.Buffers;
using System.Security.Cryptography;
using Annex.Muc.Rooms;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>XEP-0486 0.1: an owner gives the room a vCard (XEP-0054) with an avatar, whose hash (XEP-0153) stands in the
/// room's presence and in disco#info.</summary>
internal sealed class RoomVCard : IRoomFeature
{
    // As many formats of one picture as anybody has use for.
    private const int MaxPhotos = 4;

    public bool TryIq(Room room, Stanza iq, Effects effects)
    {
        if (!Room.IsPayload(iq, "vCard"u8, "vcard-temp"u8))
            return false;
        if (iq.Type == StanzaType.Get)
            effects.Result(iq, room.VCard is { } stored ? Element.Parse(stored) : new Element("vCard", MucNamespaces.VCard));
        else if (!Privileges.MayConfigure(room.AffiliationOf(iq.From!.Bare)))
            effects.Error(iq, MucErrors.NotOwner);
        else
            Set(room, iq, effects);
        return true;
    }

    public void Describe(Room room, RoomDescription description)
    {
        description.Features.Add(MucNamespaces.VCard);
        if (room.Configuration.AvatarHashes is { Length: > 0 } hashes)
            description.Add("muc#roominfo_avatarhash", FieldType.TextMulti, "Avatar hash", hashes.Split(' '));
    }

    private static void Set(Room room, Stanza iq, Effects effects)
    {
        if (iq.Payload.Length > room.Service.Options.MaxVCardBytes)
        {
            effects.Error(iq, MucErrors.VCardTooLarge);
            return;
        }
        var vCard = iq.FirstChild!;
        if (!TryHash(vCard, out var hashes))
        {
            effects.Error(iq, MucErrors.VCardMalformed);
            return;
        }
        byte[]? kept = null;
        if (vCard.Children.Count > 0)
        {
            var buffer = new ArrayBufferWriter<byte>();
            vCard.WriteTo(buffer, Namespaces.Component);
            kept = buffer.WrittenSpan.ToArray();
        }
        room.SetVCard(kept, string.Join(' ', hashes), iq, effects);
    }

    /// <summary>The hash of each photo's bytes, not of their base64 (XEP-0153 §3.1). A picture that stands elsewhere
    /// (EXTVAL) has none.</summary>
    private static bool TryHash(Element vCard, out List<string> hashes)
    {
        hashes = [];
        foreach (var photo in vCard.ChildrenNamed("PHOTO"))
        {
            if (photo.Child("BINVAL")?.Text is not { Length: > 0 } base64)
                continue;
            var isImage = photo.Child("TYPE")?.Text.Trim() is not { Length: > 0 } type
                || type.StartsWith("image/", StringComparison.OrdinalIgnoreCase);
            var bytes = new byte[base64.Length];
            if (hashes.Count == MaxPhotos || !isImage || !Convert.TryFromBase64String(base64, bytes, out var length) || length == 0)
                return false;
            hashes.Add(Convert.ToHexStringLower(HashOf(bytes.AsSpan(0, length))));
        }
        return true;
    }

#pragma warning disable CA5350 // XEP-0153 says SHA-1: it names a picture, it guards nothing
    private static byte[] HashOf(ReadOnlySpan<byte> image) => SHA1.HashData(image);
#pragma warning restore CA5350
}
