namespace Annex.Xmpp.Extensions.Commands;

/// <summary>XEP-0050 §4.1.</summary>
public enum CommandAction { Execute, Next, Prev, Complete, Cancel }
