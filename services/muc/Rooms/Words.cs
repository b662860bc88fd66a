// Hot path
using System.Diagnostics.CodeAnalysis;

namespace Annex.Muc.Rooms;

/// <summary>Roles and affiliations as they stand on the wire.</summary>
internal static class Words
{
    public static ReadOnlySpan<byte> Utf8(Role role) => role switch
    {
        Role.Moderator => "moderator"u8,
        Role.Participant => "participant"u8,
        Role.Visitor => "visitor"u8,
        _ => "none"u8,
    };

    public static ReadOnlySpan<byte> Utf8(Affiliation affiliation) => affiliation switch
    {
        Affiliation.Owner => "owner"u8,
        Affiliation.Admin => "admin"u8,
        Affiliation.Member => "member"u8,
        Affiliation.Outcast => "outcast"u8,
        _ => "none"u8,
    };

    public static string Of(Role role) => role switch
    {
        Role.Moderator => "moderator",
        Role.Participant => "participant",
        Role.Visitor => "visitor",
        _ => "none",
    };

    public static string Of(Affiliation affiliation) => affiliation switch
    {
        Affiliation.Owner => "owner",
        Affiliation.Admin => "admin",
        Affiliation.Member => "member",
        Affiliation.Outcast => "outcast",
        _ => "none",
    };

    public static bool TryParse([NotNullWhen(true)] string? word, out Role role)
    {
        role = word switch
        {
            "moderator" => Role.Moderator,
            "participant" => Role.Participant,
            "visitor" => Role.Visitor,
            _ => Role.None,
        };
        return role != Role.None || word == "none";
    }

    public static bool TryParse([NotNullWhen(true)] string? word, out Affiliation affiliation)
    {
        affiliation = word switch
        {
            "owner" => Affiliation.Owner,
            "admin" => Affiliation.Admin,
            "member" => Affiliation.Member,
            "outcast" => Affiliation.Outcast,
            _ => Affiliation.None,
        };
        return affiliation != Affiliation.None || word == "none";
    }
}
