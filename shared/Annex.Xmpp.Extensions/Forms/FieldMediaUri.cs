namespace Annex.Xmpp.Extensions.Forms;

/// <summary>Where a medium is, with its media type (XEP-0221 §2).</summary>
public sealed record FieldMediaUri(string Type, string Uri);
