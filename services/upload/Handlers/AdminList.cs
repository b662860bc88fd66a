using Annex.Xmpp.Addressing;

namespace Annex.Upload.Handlers;

/// <summary>The operators, by their bare JIDs.</summary>
public sealed class AdminList(IReadOnlySet<Jid> jids)
{
    public bool Contains(Jid jid) => jids.Contains(jid.Bare);
}
