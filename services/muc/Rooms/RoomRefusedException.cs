using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>A room did not do what an operator's call asked, for the reason that a stanza would have got.</summary>
internal sealed class RoomRefusedException(StanzaError error) : Exception(error.Text ?? error.Condition)
{
    public StanzaError Error { get; } = error;
}
