// Hot path
using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <param name="Address">Where a stanza with addresses is sent.</param>
/// <param name="Domain">Whose people it delivers to.</param>
/// <param name="MaxAddresses">How many addresses one stanza may have (XEP-0033 §3).</param>
internal sealed record MulticastService(Jid Address, Jid Domain, int MaxAddresses)
{
    public bool Serves(Jid person) => person.DomainUtf8.SequenceEqual(Domain.PreparedUtf8);
}
