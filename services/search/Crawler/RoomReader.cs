using System.Globalization;
using Annex.Contracts.Events;
using Annex.Xmpp.Extensions.Disco;

namespace Annex.Search.Crawler;

/// <summary>Reads what a room or a service says of itself (XEP-0045 §6.4, §6.2; XEP-0128).</summary>
internal static class RoomReader
{
    /// <summary>Said by a service or a room that does not want to be here.</summary>
    public const string Unlisted = "urn:annex:search:0#unlisted";

    private const string RoomInfo = "http://jabber.org/protocol/muc#roominfo";
    private const string ServerInfo = "http://jabber.org/network/serverinfo";
    // What Prosody's mod_vcard_muc calls it.
    private const string ProsodyAvatar = "{http://modules.prosody.im/mod_vcard_muc}avatar#sha1";

    private const string Muc = "http://jabber.org/protocol/muc";

    /// <summary>Null where it is no room.</summary>
    public static RoomState? ReadRoom(string jid, DiscoInfo info)
    {
        if (info.Identities.Find(i => i is { Category: "conference", Type: "text" }) is not { } identity || !info.Has(Muc))
            return null;
        var form = info.Form(RoomInfo);
        return new RoomState
        {
            Room = jid,
            Version = 0,
            Name = identity.Name ?? form?["muc#roomconfig_roomname"]?.Value ?? "",
            Description = form?["muc#roominfo_description"]?.Text ?? form?["muc#roomconfig_roomdesc"]?.Text ?? "",
            Language = form?["muc#roominfo_lang"]?.Value,
            Occupants = int.TryParse(form?["muc#roominfo_occupants"]?.Value, NumberStyles.None, CultureInfo.InvariantCulture,
                out var occupants) ? occupants : 0,
            // What is not said is not so: only who says "public" is public.
            IsPublic = info.Has("muc_public") && !info.Has("muc_hidden"),
            IsPersistent = info.Has("muc_persistent") && !info.Has("muc_temporary"),
            IsMembersOnly = info.Has("muc_membersonly") || !info.Has("muc_open"),
            HasPassword = info.Has("muc_passwordprotected"),
            IsModerated = info.Has("muc_moderated"),
            IsNonAnonymous = info.Has("muc_nonanonymous"),
            IsSearchable = !info.Has(Unlisted),
            AvatarHash = (form?["muc#roominfo_avatarhash"] ?? form?[ProsodyAvatar])?.Value,
            WebChatUrl = form?["muc#roominfo_webchat_url"]?.Value,
            LogsUrl = form?["muc#roominfo_logs"]?.Value,
        };
    }

    public static DomainKind ReadKind(DiscoInfo info)
    {
        // Rooms of another network, seen through a gateway, are not this network's to list.
        if (info.Identities.Exists(i => i.Category == "gateway" || (i.Category == "conference" && i.Type != "text")))
            return DomainKind.Gateway;
        if (info.Has(Muc) && info.Identities.Exists(i => i.Category == "conference"))
            return DomainKind.Muc;
        return info.Identities.Exists(i => i is { Category: "server" }) ? DomainKind.Server : DomainKind.Other;
    }

    public static IEnumerable<string> ReadAbuseContacts(DiscoInfo info) =>
        (info.Form(ServerInfo)?["abuse-addresses"]?.Values ?? [])
        .Where(u => u.Length <= 256 && Uri.TryCreate(u, UriKind.Absolute, out var uri)
            && (uri.Scheme is "mailto" or "xmpp" or "https"))
        .Take(5);
}
