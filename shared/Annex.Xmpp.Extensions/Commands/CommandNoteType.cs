namespace Annex.Xmpp.Extensions.Commands;

/// <summary>XEP-0050 §4.3.</summary>
public enum CommandNoteType { Info, Warn, Error }
