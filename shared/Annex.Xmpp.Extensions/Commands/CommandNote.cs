namespace Annex.Xmpp.Extensions.Commands;

/// <summary>A sentence to the person in front of the client (XEP-0050 §4.3).</summary>
public sealed record CommandNote(string Text, CommandNoteType Type = CommandNoteType.Info);
