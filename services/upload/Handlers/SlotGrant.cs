using Annex.Upload.Slots;
using Annex.Xmpp.Stanzas;

namespace Annex.Upload.Handlers;

/// <summary>A slot, or why there is none: exactly one of the two.</summary>
public readonly record struct SlotGrant(Slot? Slot, StanzaError? Error)
{
    public static implicit operator SlotGrant(Slot slot) => new(slot, null);

    public static implicit operator SlotGrant(StanzaError error) => new(null, error);
}
