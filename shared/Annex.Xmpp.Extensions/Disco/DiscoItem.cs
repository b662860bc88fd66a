using Annex.Xmpp.Addressing;

namespace Annex.Xmpp.Extensions.Disco;

/// <summary>An entity, or a node of one, that belongs to another (XEP-0030 §4.1).</summary>
public sealed record DiscoItem(Jid Jid, string? Name = null, string? Node = null);
