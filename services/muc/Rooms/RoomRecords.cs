using Annex.Xmpp.Addressing;

namespace Annex.Muc.Rooms;

/// <summary>A room as a store keeps it, without its people.</summary>
internal sealed record RoomRecord(Jid Room, RoomConfiguration Configuration, Jid Creator, DateTimeOffset CreatedAt,
    Subject? Subject);

/// <summary>The last change of a room's subject.</summary>
/// <param name="Text">Empty: it was cleared.</param>
/// <param name="By">Occupant JID of who changed it.</param>
/// <param name="OccupantId">Ready for an attribute (XEP-0421).</param>
/// <param name="Payload">The subject elements as they were sent (several languages), in
/// jabber:component:accept.</param>
internal sealed record Subject(string Text, Jid By, byte[] OccupantId, DateTimeOffset At, byte[] Payload);

/// <summary>A person's or a whole domain's standing in a room.</summary>
/// <param name="Subject">A bare JID or a domain.</param>
/// <param name="Nick">The reserved nick, or null.</param>
internal sealed record AffiliationRecord(Jid Subject, Affiliation Affiliation, string? Nick, string? Reason)
{
    /// <summary>When a ban ends by itself; null: when it is lifted.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>A session that was in a room when it was last stored.</summary>
/// <param name="Presence">As <see cref="Session.Presence"/>; null where it was not stored yet.</param>
internal sealed record OccupantRecord(Jid Session, string Nick, Role Role, byte[]? Presence);

/// <summary>Somebody who gets what a room says while he is not in it (MUC/Sub).</summary>
/// <param name="Subject">A bare JID.</param>
internal sealed record SubscriptionRecord(Jid Subject, string Nick, SubscriptionNodes Nodes);

/// <summary>What is left of a destroyed persistent room (XEP-0045 §10.9).</summary>
/// <param name="By">Bare JID of the owner who destroyed it: he may create it again.</param>
internal sealed record Tombstone(Jid Room, Jid By, Jid? Alternate, string? Reason, DateTimeOffset At,
    DateTimeOffset Until);

/// <summary>A room as the list of the service shows it (disco#items).</summary>
internal sealed record RoomSummary(Jid Room, string Name);

/// <summary>All that a store knows about one address. A room that does not exist has no Record; it may have a
/// Tombstone.</summary>
internal sealed record StoredRoom
{
    public RoomRecord? Record { get; init; }

    public IReadOnlyList<AffiliationRecord> Affiliations { get; init; } = [];

    public IReadOnlyList<OccupantRecord> Occupants { get; init; } = [];

    public IReadOnlyList<SubscriptionRecord> Subscriptions { get; init; } = [];

    /// <summary>The last messages, oldest first, for those who enter.</summary>
    public IReadOnlyList<ArchiveAppend> History { get; init; } = [];

    public Tombstone? Tombstone { get; init; }

    public IReadOnlyList<MuteRecord> Mutes { get; init; } = [];

    /// <summary>As <see cref="Room.VCard"/>.</summary>
    public byte[]? VCard { get; init; }
}
