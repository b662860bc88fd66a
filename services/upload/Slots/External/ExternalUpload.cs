using Annex.Upload.Slots;

namespace Annex.Upload.Slots.External;

/// <summary>An upload that an XMPP server's own module has granted.</summary>
/// <param name="Owner">Bare JID of the uploader where the protocol tells it, otherwise empty.</param>
/// <param name="ContentType">Null where the protocol does not bind it.</param>
/// <param name="Expires">When the file has to be gone at the latest, where the protocol says so.</param>
public sealed record ExternalUpload(string Owner, long Size, MediaType? ContentType, DateTimeOffset? Expires = null);
