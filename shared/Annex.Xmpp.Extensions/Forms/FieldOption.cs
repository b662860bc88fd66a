namespace Annex.Xmpp.Extensions.Forms;

/// <summary>One choice of a list field; the label is for people.</summary>
public sealed record FieldOption(string Value, string? Label = null);
