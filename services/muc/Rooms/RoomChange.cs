using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>One thing that a room wants stored. Plain data; the changes of one room are handed over in order.</summary>
internal abstract record RoomChange;

/// <summary>The room exists and is unlocked, or its configuration or subject changed.</summary>
internal sealed record RoomStored(RoomRecord Record) : RoomChange;

/// <summary>The room is gone with its affiliations, occupants and (by the operator's rule) its archive.</summary>
internal sealed record RoomRemoved(Jid Room, Tombstone? Tombstone) : RoomChange;

/// <summary>Affiliation None without a nick: the entry goes.</summary>
internal sealed record AffiliationChange(AffiliationRecord Entry, Jid? By) : RoomChange;

/// <summary>Somebody subscribed, or (null) does so no longer.</summary>
internal sealed record SubscriptionChange(Jid Subject, SubscriptionRecord? Entry) : RoomChange;

/// <summary>A session entered, or changed nick or role. Written behind.</summary>
internal sealed record OccupantStored(OccupantRecord Entry, Affiliation Affiliation) : RoomChange;

/// <summary>A session left. Written behind.</summary>
internal sealed record OccupantRemoved(Jid Session) : RoomChange;

/// <summary>A session's presence, written lazily: only the last one counts.</summary>
internal sealed record PresenceStored(Jid Session, byte[] Presence) : RoomChange;

/// <summary>A message for the archive. It is reflected when this is durable, in a room that is archived.</summary>
/// <param name="Id">The stanza-id (XEP-0359) and the archive's id.</param>
/// <param name="From">The occupant JID.</param>
/// <param name="Author">The real bare JID.</param>
/// <param name="OccupantId">Ready for an attribute (XEP-0421).</param>
/// <param name="RawId">The id attribute, escaped.</param>
/// <param name="Tail">As it is sent: from behind the last attribute of the head to the closing tag, occupant-id and
/// stanza-id included.</param>
/// <param name="IsHistory">Whether those who enter get it as discussion history too (it has a body).</param>
internal sealed record ArchiveAppend(Guid Id, DateTimeOffset At, Jid From, Jid Author, byte[] OccupantId,
    byte[] RawId, byte[] Tail,
    bool IsHistory) : RoomChange
{
    /// <summary>What members who are away are told; null where nobody is, or when it came from the store.</summary>
    public Posted? Posted { get; init; }
}
