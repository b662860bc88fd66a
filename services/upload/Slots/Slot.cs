namespace Annex.Upload.Slots;

/// <summary>Where to put and where to get (XEP-0363 §4).</summary>
/// <param name="Authorization">Value of the header that the client has to send, or null where the URL says it all.</param>
public sealed record Slot(Uri Put, Uri Get, string? Authorization);
