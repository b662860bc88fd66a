using System.Collections.Immutable;
using System.Globalization;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Forms;

namespace Annex.Muc.Rooms;

/// <summary>
/// Every field of muc#roomconfig that a room knows, with its registered type (XEP-0045 §15.5.3), how it reads the
/// configuration and how a submitted value changes it. Those beyond the registry have the names that other services
/// use.
/// </summary>
internal static class ConfigurationFields
{
    public const string PrivateGroup = "private_group";
    public const string Prefix = "muc#roomconfig_";
    public const string Admins = Prefix + "roomadmins";
    public const string Owners = Prefix + "roomowners";

    private static readonly (string, string)[] RoleOptions =
        [("Moderator", "moderator"), ("Participant", "participant"), ("Visitor", "visitor")];

    public static readonly ImmutableArray<ConfigurationField> All =
    [
        Text("roomname", "Natural-Language Room Name", c => c.Name, (c, v) => c with { Name = v },
            o => o.MaxNameLength),
        Text("roomdesc", "Short Description of Room", c => c.Description, (c, v) => c with { Description = v },
            o => o.MaxTextLength),
        Text("lang", "Natural Language for Room Discussions", c => c.Language, (c, v) => c with { Language = v },
            _ => 35),
        Flag("persistentroom", "Make Room Persistent?", c => c.IsPersistent, (c, v) => c with { IsPersistent = v }),
        Flag("publicroom", "Make Room Publicly Searchable?", c => c.IsPublic, (c, v) => c with { IsPublic = v }),
        Flag("public_list", "Show List of Occupants to Everyone?", c => c.IsOccupantListPublic,
            (c, v) => c with { IsOccupantListPublic = v }),
        Flag("passwordprotectedroom", "Password Required to Enter?", c => c.HasPassword,
            (c, v) => c with { HasPassword = v }),
        Text("roomsecret", "Password", c => c.Secret, (c, v) => c with { Secret = v },
            o => o.MaxNameLength, FieldType.TextPrivate),
        new("maxusers", FieldType.ListSingle, "Maximum Number of Occupants",
            c => [c.MaxUsers == 0 ? "none" : Number(c.MaxUsers)], SetMaxUsers,
            [("10", "10"), ("20", "20"), ("30", "30"), ("50", "50"), ("100", "100"), ("200", "200"), ("500", "500"),
             ("1000", "1000"), ("None", "none")]),
        new("whois", FieldType.ListSingle, "Who May Discover Real JIDs?",
            c => [c.IsNonAnonymous ? "anyone" : "moderators"],
            (c, v, _) => v.Single() switch
            {
                "anyone" => c with { IsNonAnonymous = true },
                "moderators" => c with { IsNonAnonymous = false },
                _ => null,
            },
            [("Moderators Only", "moderators"), ("Anyone", "anyone")]),
        new("presencebroadcast", FieldType.ListMulti, "Roles for which Presence is Broadcasted",
            c => Names(c.PresenceBroadcast), (c, v, _) => SetBroadcast(c, v), RoleOptions),
        Flag("membersonly", "Make Room Members-Only?", c => c.IsMembersOnly, (c, v) => c with { IsMembersOnly = v }),
        Flag("moderatedroom", "Make Room Moderated?", c => c.IsModerated, (c, v) => c with { IsModerated = v }),
        Flag("members_by_default", "Give Voice to Everyone who Enters a Moderated Room?", c => c.AreMembersByDefault,
            (c, v) => c with { AreMembersByDefault = v }),
        Flag("changesubject", "Allow Occupants to Change Subject?", c => c.MayChangeSubject,
            (c, v) => c with { MayChangeSubject = v }),
        new("allowpm", FieldType.ListSingle, "Who Can Send Private Messages?", c => [Name(c.AllowPrivateMessages)],
            (c, v, _) => ParsePrivate(v.Single()) is { } who ? c with { AllowPrivateMessages = who } : null,
            [("Anyone", "anyone"), ("Anyone with Voice", "participants"), ("Moderators Only", "moderators"),
            ("Nobody", "none")]),
        Flag("allowinvites", "Allow Members to Invite Others?", c => c.MayInvite, (c, v) => c with { MayInvite = v }),
        Flag("allow_voice_requests", "Allow Visitors to Ask for Voice?", c => c.AllowVoiceRequests,
            (c, v) => c with { AllowVoiceRequests = v }),
        Flag("allowregister", "Allow Users to Register as Members?", c => c.MayRegister,
            (c, v) => c with { MayRegister = v }),
        new("getmemberlist", FieldType.ListMulti, "Roles and Affiliations that May Retrieve Member List",
            c => Names(c.MemberListReaders), (c, v, _) => ParseAudience(v) is { } readers
            ? c with { MemberListReaders = readers } : null,
            [.. RoleOptions, ("Member", "member"), ("Admin", "admin"), ("Owner", "owner")]),
        Flag("allow_subscription", "Allow Subscriptions without Presence (MUC/Sub)?", c => c.AllowsSubscriptions,
            (c, v) => c with { AllowsSubscriptions = v }),
        Flag("enablelogging", "Enable Public Logging?", c => c.IsLogged, (c, v) => c with { IsLogged = v }),
        Flag("enablearchiving", "Keep Messages in an Archive?", c => c.IsArchived, (c, v) => c with { IsArchived = v }),
        Number("archive_days", "Days that the Archive Keeps Messages (0: as Long as the Service Does)", c => c.ArchiveDays,
            (c, v) => c with { ArchiveDays = v }, RoomConfiguration.MaxArchiveDays),
        Number("archive_messages", "Messages that the Archive Keeps (0: as Many as the Service Does)", c => c.ArchiveMessages,
            (c, v) => c with { ArchiveMessages = v }),
        new("historylength", FieldType.TextSingle, "Number of Messages Kept for those who Enter",
            c => [Number(c.HistoryLength)],
            SetHistory, []),
        new("muc#maxhistoryfetch", FieldType.TextSingle, "Maximum Number of History Messages Returned by Room",
            c => [Number(c.HistoryLength)], SetHistory, []) { HasOwnName = true },
        Text("pubsub", "XMPP URI of Associated Publish-Subscribe Node", c => c.PubSub, (c, v) => c with { PubSub = v },
            o => o.MaxNameLength),
        new("preset", FieldType.ListSingle, "Kind of Room", c => [IsPrivateGroup(c) ? PrivateGroup : "custom"],
            (c, v, _) => v[0] switch { PrivateGroup => MakePrivateGroup(c), "custom" => c, _ => null },
            [("As configured here", "custom"), ("Private group", PrivateGroup)]) { IsLast = true },
        new("contactjid", FieldType.JidMulti, "Contact Addresses", c => c.Contacts, SetContacts, []),
    ];

    private static readonly Dictionary<string, ConfigurationField> ByVar =
        All.ToDictionary(f => f.Var, StringComparer.Ordinal);

    public static ConfigurationField? Find(string var) => ByVar.GetValueOrDefault(var);

    /// <summary>What a new room starts with: the service's defaults over ours. Wrong ones are ignored here; the
    /// options' validation names them.</summary>
    public static RoomConfiguration Defaults(MucOptions options)
    {
        var configuration = new RoomConfiguration { HistoryLength = Math.Min(20, options.MaxHistory) };
        foreach (var (name, value) in options.Defaults.OrderBy(d => Find(Prefix + d.Key)?.IsLast ?? false))
        {
            if (Find(Prefix + name) is { } field && field.Set(configuration, [value], options) is { } next)
                configuration = next;
        }
        return configuration;
    }

    /// <summary>A closed circle in which people know each other: what end-to-end encryption (OMEMO) needs, since every
    /// client has to know whose keys to encrypt for.</summary>
    private static RoomConfiguration MakePrivateGroup(RoomConfiguration configuration) => configuration with
    {
        IsMembersOnly = true,
        IsNonAnonymous = true,
        IsPublic = false,
        IsPersistent = true,
        IsOccupantListPublic = false,
        MemberListReaders = configuration.MemberListReaders | Audience.AllRoles | Audience.Members,
    };

    private static bool IsPrivateGroup(RoomConfiguration configuration) =>
        MakePrivateGroup(configuration) == configuration;

    private static ConfigurationField Text(string name, string label, Func<RoomConfiguration, string> get,
        Func<RoomConfiguration, string, RoomConfiguration> set, Func<MucOptions, int> maxLength, FieldType type =
        FieldType.TextSingle) =>
        new(name, type, label, c => get(c) is { Length: > 0 } text ? [text] : [],
            (c, v, o) => v.Count == 0 ? set(c, "") : v[0].Length <= maxLength(o) ? set(c, v[0]) : null, []);

    private static ConfigurationField Flag(string name, string label, Func<RoomConfiguration, bool> get,
        Func<RoomConfiguration, bool, RoomConfiguration> set) =>
        new(name, FieldType.Boolean, label, c => [get(c) ? "1" : "0"],
            (c, v, _) => (v.Count == 0 ? "0" : v[0]) switch
            {
                "1" or "true" => set(c, true),
                "0" or "false" => set(c, false),
                _ => null,
            }, []);

    private static ConfigurationField Number(string name, string label, Func<RoomConfiguration, int> get,
        Func<RoomConfiguration, int, RoomConfiguration> set, int most = 1_000_000_000) =>
        new(name, FieldType.TextSingle, label, c => [Number(get(c))],
            (c, v, _) => v.Count == 0 || v[0].Length == 0 ? set(c, 0)
                : int.TryParse(v[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= most
                    ? set(c, number) : null, []);

    /// <summary>What is wrong with a default of the options; null where it holds.</summary>
    public static string? ProblemOfDefault(string name, string value, MucOptions options) =>
        Find(Prefix + name) is not { } field
        ? "is no field of muc#roomconfig (without that prefix)"
        : field.Set(new RoomConfiguration(), [value], options) is null ? $"cannot be '{value}'" : null;

    private static RoomConfiguration? SetMaxUsers(RoomConfiguration configuration, IReadOnlyList<string> values,
        MucOptions options)
    {
        var value = values.Count == 0 ? "none" : values[0];
        if (value is "none" or "0" or "")
            return configuration with { MaxUsers = 0 };
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && (options.MaxOccupants == 0 || number <= options.MaxOccupants)
                ? configuration with { MaxUsers = number }
                : null;
    }

    private static RoomConfiguration? SetHistory(RoomConfiguration configuration, IReadOnlyList<string> values,
        MucOptions options)
    {
        if (values.Count == 0 || values[0].Length == 0)
            return configuration;
        return int.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? configuration with { HistoryLength = Math.Min(number, options.MaxHistory) }
            : null;
    }

    private static RoomConfiguration? SetBroadcast(RoomConfiguration configuration, IReadOnlyList<string> values) =>
        ParseAudience(values) is { } roles && (roles & ~Audience.AllRoles) == 0
        ? configuration with { PresenceBroadcast = roles } : null;

    private static RoomConfiguration? SetContacts(RoomConfiguration configuration, IReadOnlyList<string> values,
        MucOptions options)
    {
        var contacts = ImmutableArray.CreateBuilder<string>();
        foreach (var value in values.Where(v => v.Length > 0))
        {
            if (value.Length > options.MaxNameLength || contacts.Count == 20 || !Jid.TryParse(value, out var jid))
                return null;
            contacts.Add(jid.Bare.ToString());
        }
        // The same list is no change (a record compares the array, not what is in it).
        return configuration.Contacts.SequenceEqual(contacts) ? configuration
            : configuration with { Contacts = contacts.ToImmutable() };
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Name(PrivateMessages who) => who switch
    {
        PrivateMessages.Anyone => "anyone",
        PrivateMessages.Participants => "participants",
        PrivateMessages.Moderators => "moderators",
        _ => "none",
    };

    private static PrivateMessages? ParsePrivate(string name) => name switch
    {
        "anyone" => PrivateMessages.Anyone,
        "participants" => PrivateMessages.Participants,
        "moderators" => PrivateMessages.Moderators,
        "none" => PrivateMessages.None,
        _ => null,
    };

    private static List<string> Names(Audience audience)
    {
        var names = new List<string>(6);
        foreach (var (flag, name) in AudienceNames)
        {
            if ((audience & flag) != 0)
                names.Add(name);
        }
        return names;
    }

    private static Audience? ParseAudience(IReadOnlyList<string> names)
    {
        var audience = Audience.None;
        foreach (var name in names.Where(n => n.Length > 0))
        {
            var flag = AudienceNames.FirstOrDefault(a => a.Name == name || a.Name + "s" == name).Flag;
            if (flag == Audience.None && name != "none")
                return null;
            audience |= flag;
        }
        return audience;
    }

    private static readonly (Audience Flag, string Name)[] AudienceNames =
    [
        (Audience.Moderators, "moderator"), (Audience.Participants, "participant"), (Audience.Visitors, "visitor"),
        (Audience.Members, "member"), (Audience.Admins, "admin"), (Audience.Owners, "owner"),
    ];
}
