using System.ComponentModel.DataAnnotations;

namespace Annex.Muc;

/// <summary>The section Muc of the configuration. Limits of 0 are no limits, where that is said.</summary>
public sealed class MucOptions : IValidatableObject
{
    /// <summary>The service's name in disco.</summary>
    public string Name { get; set; } = "Chat rooms";

    public RoomCreators CreateRooms { get; set; } = RoomCreators.Local;

    /// <summary>Rooms of the whole service. 0: no limit.</summary>
    [Range(0, int.MaxValue)]
    public int MaxRooms { get; set; } = 200_000;

    /// <summary>Rooms that one bare JID may have created. 0: no limit; operators have none.</summary>
    [Range(0, int.MaxValue)]
    public int MaxRoomsPerUser { get; set; } = 100;

    /// <summary>Sessions in rooms that one bare JID may have at once: three clients in ten rooms are thirty. 0: no limit;
    /// operators have none.</summary>
    [Range(0, int.MaxValue)]
    public int MaxJoinedPerUser { get; set; } = 1000;

    /// <summary>Occupants of one room, whatever its owner configures. 0: no limit.</summary>
    [Range(0, int.MaxValue)]
    public int MaxOccupants { get; set; } = 20_000;

    /// <summary>Places beyond the maximum that are kept for admins and owners (XEP-0045 §7.2.9).</summary>
    [Range(0, 10_000)]
    public int ReservedPlaces { get; set; } = 10;

    /// <summary>Sessions that share one nick.</summary>
    [Range(1, 1000)]
    public int MaxSessionsPerNick { get; set; } = 20;

    /// <summary>Characters of a nick.</summary>
    [Range(1, 1023)]
    public int MaxNickLength { get; set; } = 100;

    /// <summary>Characters of a room's name, its password, a contact.</summary>
    [Range(1, 10_000)]
    public int MaxNameLength { get; set; } = 200;

    /// <summary>Characters of a room's description or subject, or of a reason.</summary>
    [Range(1, 100_000)]
    public int MaxTextLength { get; set; } = 4000;

    /// <summary>Bytes of a message to a room; larger ones are refused.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 256 * 1024;

    /// <summary>Bytes of one answer to a request; a longer list is refused with resource-constraint and can be had in pages
    /// (XEP-0059). Prosody ends a component's connection at a stanza of 512 KiB (component_stanza_size_limit).</summary>
    [Range(16 * 1024, 16 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 400 * 1024;

    /// <summary>Bytes of a presence that are kept and shown; of a larger one only show, priority and a status
    /// of half of that.</summary>
    [Range(256, 1024 * 1024)]
    public int MaxPresenceBytes { get; set; } = 4096;

    /// <summary>Entries in a room's lists (members, bans, admins, owners).</summary>
    [Range(10, 1_000_000)]
    public int MaxAffiliations { get; set; } = 50_000;

    /// <summary>Items in one admin request.</summary>
    [Range(1, 100_000)]
    public int MaxItems { get; set; } = 1000;

    /// <summary>Messages (subjects, nicks, private messages, invitations) a second of one session, in the long run. 0: no
    /// limit. Affiliated people are exempt.</summary>
    [Range(0, 10_000)]
    public double MessagesPerSecond { get; set; } = 5;

    /// <summary>Messages that one session may send at once before that rate holds.</summary>
    [Range(1, 100_000)]
    public int MessageBurst { get; set; } = 50;

    /// <summary>Messages a second in one room, all unaffiliated people together. 0: no limit.</summary>
    [Range(0, 1_000_000)]
    public double RoomMessagesPerSecond { get; set; } = 500;

    /// <summary>Messages of a room at once before that rate holds.</summary>
    [Range(1, 1_000_000)]
    public int RoomMessageBurst { get; set; } = 2000;

    /// <summary>Messages kept for those who enter, at most; muc#maxhistoryfetch cannot be higher.</summary>
    [Range(0, 10_000)]
    public int MaxHistory { get; set; } = 200;

    /// <summary>How long a new room waits for its configuration before it opens with the defaults (XEP-0045
    /// §10.1.1).</summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>How long the address of a destroyed persistent room answers with gone. 0: not at all.</summary>
    public TimeSpan TombstoneLife { get; set; } = TimeSpan.FromDays(31);

    /// <summary>How long a persistent room without occupants stays in memory.</summary>
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Stanzas that may wait for one room; more are refused with resource-constraint.</summary>
    [Range(16, 1_000_000)]
    public int MailboxStanzas { get; set; } = 16_384;

    /// <summary>Bytes of stanzas that may wait for one room.</summary>
    [Range(1024 * 1024, int.MaxValue)]
    public int MailboxBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Members who are away that one message tells the other services about (push); the first ones of a longer
    /// list.</summary>
    [Range(0, 100_000)]
    public int MaxNotified { get; set; } = 2000;

    /// <summary>Subscriptions (MUC/Sub) of one room.</summary>
    [Range(0, 100_000)]
    public int MaxSubscriptions { get; set; } = 5000;

    /// <summary>Iqs between occupants that wait for their answer, per room.</summary>
    [Range(1, 100_000)]
    public int MaxRelays { get; set; } = 500;

    /// <summary>How long an iq between occupants may take.</summary>
    public TimeSpan RelayTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a message or a change waits for the database before it is refused with
    /// wait/resource-constraint.</summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages of one page of an archive, at most and where the client names no number.</summary>
    [Range(1, 5000)]
    public int MaxArchivePage { get; set; } = 250;

    /// <summary>How long messages are kept in the archive. 0: for ever. Owners may ask for less in their rooms.</summary>
    public TimeSpan ArchiveRetention { get; set; }

    /// <summary>Bytes of a room's vCard, avatar included.</summary>
    [Range(1024, 1024 * 1024)]
    public int MaxVCardBytes { get; set; } = 96 * 1024;

    /// <summary>How long the audit log keeps a line. 0: for ever.</summary>
    public TimeSpan AuditRetention { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Lines of the audit log in one answer, at most.</summary>
    [Range(10, 100_000)]
    public int MaxAuditLines { get; set; } = 1000;

    /// <summary>Service-wide bans at once.</summary>
    [Range(1, 10_000_000)]
    public int MaxServiceBans { get; set; } = 100_000;

    /// <summary>Messages that one request takes back when all of a person are to go; the newest first, asking again
    /// goes on.</summary>
    [Range(1, 100_000)]
    public int MaxRetractions { get; set; } = 1000;

    /// <summary>Reports of spam or abuse (XEP-0377) a minute in one room, in the long run. 0: no limit.</summary>
    [Range(0, 10_000)]
    public int ReportsPerMinute { get; set; } = 10;

    /// <summary>Reports in one room at once before that rate holds.</summary>
    [Range(1, 10_000)]
    public int ReportBurst { get; set; } = 20;

    /// <summary>Admins and owners of a room that one report reaches.</summary>
    [Range(1, 1000)]
    public int MaxReportReceivers { get; set; } = 50;

    /// <summary>What becomes of the messages of an account that was removed: `Anonymise` takes the name from them,
    /// `Retract` leaves tombstones.</summary>
    public RemovedAccountMessages RemovedAccountMessages { get; set; }

    /// <summary>Real-time block lists: pubsub nodes whose items are the SHA-256 of bare JIDs and domains.</summary>
    public List<BlockListOptions> BlockLists { get; set; } = [];

    /// <summary>Entries of one block list at most; what is beyond is left out and logged.</summary>
    [Range(1, 10_000_000)]
    public int MaxBlockListEntries { get; set; } = 500_000;

    /// <summary>Items of a block list that are asked for at once.</summary>
    [Range(1, 10_000)]
    public int BlockListPage { get; set; } = 500;

    /// <summary>How often a block list is subscribed to and fetched anew, for what a lost notification would have
    /// said.</summary>
    public TimeSpan BlockListRefresh { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Messages that one room's archive keeps; the oldest go. 0: no limit.</summary>
    [Range(0, int.MaxValue)]
    public long MaxArchivedMessages { get; set; }

    /// <summary>Bytes of messages that one room's archive keeps; the oldest go. 0: no limit.</summary>
    [Range(0, long.MaxValue)]
    public long MaxArchivedBytes { get; set; }

    /// <summary>Bytes of messages that all archives together keep; the oldest of the largest go. 0: no limit.</summary>
    [Range(0, long.MaxValue)]
    public long MaxArchivedBytesInAll { get; set; }

    /// <summary>How often the archives are swept for what is past its time or its quota.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether archived texts can be searched (XEP-0431). What was archived while this was off is indexed when it is on
    /// again.</summary>
    public bool FullTextSearch { get; set; } = true;

    /// <summary>Changes that wait to be written while the database is away; beyond that, what is written behind (who is
    /// in which room) is dropped.</summary>
    [Range(1000, 10_000_000)]
    public int MaxPendingChanges { get; set; } = 200_000;

    /// <summary>Pings a second to occupants who were in their rooms before the service or its link came back.</summary>
    [Range(1, 100_000)]
    public int GhostChecksPerSecond { get; set; } = 100;

    /// <summary>Whether a registered member always has the registered nick (XEP-0045 §7.10: code 210).</summary>
    public bool EnforceRegisteredNick { get; set; }

    /// <summary>Whether people are told of a changed affiliation while they are not in the room (code 101).</summary>
    public bool TellAbsentOfAffiliation { get; set; }

    /// <summary>The secret of occupant ids (XEP-0421): set it to that of another Annex to keep the ids that it gave. Without it one is
    /// made and kept in the database.</summary>
    public string? OccupantIdSecret { get; set; }

    public MulticastOptions Multicast { get; set; } = new();

    /// <summary>Values of muc#roomconfig fields (without that prefix) that new rooms start with, such as
    /// persistentroom: true.</summary>
    public Dictionary<string, string> Defaults { get; set; } = [];

    /// <summary>Names of muc#roomconfig fields (without that prefix) that only operators may change.</summary>
    public List<string> Locked { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (LockTimeout < TimeSpan.FromSeconds(1))
            yield return new ValidationResult("must be at least one second", [nameof(LockTimeout)]);
        if (IdleAfter < TimeSpan.FromSeconds(1))
            yield return new ValidationResult("must be at least one second", [nameof(IdleAfter)]);
        if (RelayTimeout < TimeSpan.FromSeconds(1))
            yield return new ValidationResult("must be at least one second", [nameof(RelayTimeout)]);
        if (StoreTimeout < TimeSpan.FromSeconds(1))
            yield return new ValidationResult("must be at least one second", [nameof(StoreTimeout)]);
        if (BlockListRefresh < TimeSpan.FromSeconds(10))
            yield return new ValidationResult("must be at least ten seconds", [nameof(BlockListRefresh)]);
        if (AuditRetention < TimeSpan.Zero)
            yield return new ValidationResult("must not be negative", [nameof(AuditRetention)]);
        if (SweepInterval < TimeSpan.FromSeconds(1))
            yield return new ValidationResult("must be at least one second", [nameof(SweepInterval)]);
        if (ArchiveRetention < TimeSpan.Zero)
            yield return new ValidationResult("must not be negative", [nameof(ArchiveRetention)]);
        if (TombstoneLife < TimeSpan.Zero)
            yield return new ValidationResult("must not be negative", [nameof(TombstoneLife)]);
        foreach (var (name, value) in Defaults)
        {
            if (Rooms.ConfigurationFields.ProblemOfDefault(name, value, this) is { } problem)
                yield return new ValidationResult(problem, [$"{nameof(Defaults)}:{name}"]);
        }
        for (var i = 0; i < Locked.Count; i++)
        {
            if (Rooms.ConfigurationFields.Find(Rooms.ConfigurationFields.Prefix + Locked[i]) is null)
            {
                yield return new ValidationResult($"'{Locked[i]}' is no field of muc#roomconfig (without that prefix)",
                    [$"{nameof(Locked)}:{i}"]);
            }
        }
        if (OccupantIdSecret is { Length: > 0 and < 16 })
            yield return new ValidationResult("must have at least 16 characters", [nameof(OccupantIdSecret)]);
    }
}
