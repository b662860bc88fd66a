namespace Annex.Xmpp.Stanzas;

/// <summary>The attributes of the stream's opening tag (RFC 6120 §4.7), unescaped; null where absent.</summary>
/// <param name="DefaultNamespace">The content namespace: jabber:component:accept for a component; empty where none is
/// declared.</param>
public sealed record StreamHeader(
    string? Id, string? From, string? To, string? Version, string? Lang, string DefaultNamespace);
