using Annex.Xmpp.Addressing;

namespace Annex.Push;

/// <summary>The component's own address.</summary>
public sealed record ServiceAddress(Jid Jid);
