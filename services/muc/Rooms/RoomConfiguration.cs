using System.Collections.Immutable;

namespace Annex.Muc.Rooms;

/// <summary>Who may send private messages (muc#roomconfig_allowpm).</summary>
internal enum PrivateMessages : byte { Anyone, Participants, Moderators, None }

/// <summary>A set of roles or affiliations (muc#roomconfig_presencebroadcast, muc#roomconfig_getmemberlist).</summary>
[Flags]
internal enum Audience : byte
{
    None = 0,
    Visitors = 1,
    Participants = 2,
    Moderators = 4,
    AllRoles = Visitors | Participants | Moderators,
    Members = 8,
    Admins = 16,
    Owners = 32,
}

/// <summary>What an owner configures (XEP-0045 §10.2, §15.5.3; the fields beyond the registry as ejabberd and others
/// name them). Immutable and plain: a store keeps it as it is. Admins and owners are affiliations, not
/// configuration.</summary>
internal sealed record RoomConfiguration
{
    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>A language tag, or empty.</summary>
    public string Language { get; init; } = "";

    public bool IsPersistent { get; init; }

    public bool IsPublic { get; init; } = true;

    /// <summary>public_list: whether disco#items of the room names its occupants to outsiders.</summary>
    public bool IsOccupantListPublic { get; init; }

    public bool HasPassword { get; init; }

    public string Secret { get; init; } = "";

    /// <summary>0: no limit of its own; the service's holds.</summary>
    public int MaxUsers { get; init; }

    /// <summary>muc#roomconfig_whois = anyone.</summary>
    public bool IsNonAnonymous { get; init; }

    public Audience PresenceBroadcast { get; init; } = Audience.AllRoles;

    public bool IsMembersOnly { get; init; }

    public bool IsModerated { get; init; }

    /// <summary>In a moderated room: whether those without affiliation enter with voice.</summary>
    public bool AreMembersByDefault { get; init; }

    /// <summary>Whether occupants with voice may change the subject; moderators always may.</summary>
    public bool MayChangeSubject { get; init; }

    public PrivateMessages AllowPrivateMessages { get; init; }

    /// <summary>Whether members of a members-only room may invite (and so make members of) others; in an open room,
    /// whether participants may invite.</summary>
    public bool MayInvite { get; init; }

    public bool AllowVoiceRequests { get; init; } = true;

    public Audience MemberListReaders { get; init; } = Audience.AllRoles;

    /// <summary>Publicly logged: 170 is told to everybody who enters.</summary>
    public bool IsLogged { get; init; }

    /// <summary>Whether messages are archived (XEP-0313).</summary>
    public bool IsArchived { get; init; } = true;

    /// <summary>How long messages are kept in the archive; 0: as long as the service keeps them, and never longer.</summary>
    public int ArchiveDays { get; init; }

    /// <summary>How many messages the archive keeps; 0: as many as the service keeps, and never more.</summary>
    public int ArchiveMessages { get; init; }

    /// <summary>muc#maxhistoryfetch and muc#roomconfig_historylength: messages kept for those who enter.</summary>
    public int HistoryLength { get; init; } = 20;

    /// <summary>Whether those who may enter may also get what is said without entering (MUC/Sub).</summary>
    public bool AllowsSubscriptions { get; init; } = true;

    public string PubSub { get; init; } = "";

    /// <summary>Bare JIDs to turn to.</summary>
    public ImmutableArray<string> Contacts { get; init; } = [];

    /// <summary>Whether somebody without affiliation may register himself as a member (§7.10).</summary>
    public bool MayRegister { get; init; } = true;

    /// <summary>SHA-1 of the photos in the room's vCard, with blanks between; empty: no avatar. In no form: it follows
    /// the vCard.</summary>
    public string AvatarHashes { get; init; } = "";

    /// <summary>What the occupant ids of a room that came from Prosody are made of; null: the service's secret. In no form: it is
    /// given when the room is made.</summary>
    public string? OccupantIdSalt { get; init; }

    public bool Broadcasts(Role role) => role switch
    {
        Role.Moderator => (PresenceBroadcast & Audience.Moderators) != 0,
        Role.Participant => (PresenceBroadcast & Audience.Participants) != 0,
        Role.Visitor => (PresenceBroadcast & Audience.Visitors) != 0,
        _ => false,
    };

    /// <summary>A hundred years: what is longer is for ever, and no time to reckon with.</summary>
    public const int MaxArchiveDays = 36_500;

    /// <summary>How long messages are kept: the shorter of the service's time and the room's, where 0 is none; null: for ever.</summary>
    public static TimeSpan? RetentionOf(TimeSpan service, int days)
    {
        var room = days is > 0 and <= MaxArchiveDays ? TimeSpan.FromDays(days) : TimeSpan.MaxValue;
        var shorter = service > TimeSpan.Zero && service < room ? service : room;
        return shorter <= TimeSpan.FromDays(MaxArchiveDays) ? shorter : null;
    }
}
