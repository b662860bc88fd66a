namespace Annex.Muc.Rooms;

/// <summary>The words of the audit log.</summary>
internal static class AuditActions
{
    public const string Create = "create";
    public const string Configure = "configure";
    public const string Destroy = "destroy";
    public const string Affiliation = "affiliation";
    public const string Ban = "ban";
    public const string Unban = "unban";
    public const string Kick = "kick";
    public const string Role = "role";
    public const string Mute = "mute";
    public const string Unmute = "unmute";
    public const string Moderate = "moderate";
    public const string RetractAll = "retract-all";
    public const string Avatar = "avatar";
    public const string Report = "report";
    public const string Announce = "announce";
    public const string ServiceBan = "service-ban";
    public const string ServiceUnban = "service-unban";
    public const string Blocked = "blocked";
    public const string WouldBlock = "would-block";
    public const string Erase = "erase";
}
