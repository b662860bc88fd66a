using System.CommandLine;
using Annex.Contracts.Muc.V1;
using static Annex.Ctl.CommandBuilding;

namespace Annex.Ctl.Commands;

/// <summary>annexctl affiliations</summary>
internal static class AffiliationCommands
{
    private static readonly Argument<string> Room = Word("room", "The room's address");

    public static Command Create()
    {
        var only = Kind(new Option<string>("--only") { Description = "Only this affiliation", HelpName = "affiliation" });
        var jid = Word("jid", "A bare JID; for an outcast also a domain");
        var affiliation = Word("affiliation", "none, outcast, member, admin or owner");
        affiliation.AcceptOnlyFromAmong("none", "outcast", "member", "admin", "owner");
        var until = GlobalOptions.Time("--until", "An outcast's end", isLater: true);
        return Group("affiliations", "Who owns, administers, belongs to or is banned from a room",
            List("list", "A room's affiliations", "Muc", "Nobody has an affiliation.", [Room, only],
                (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).ListAffiliations(new ListAffiliationsRequest
                {
                    Room = session.Get(Room),
                    Affiliation = Parse(session.Parsed.GetValue(only)),
                }, session.Stream),
                ("Address", a => a.Jid), ("Affiliation", a => a.Affiliation.ToString().ToLowerInvariant()), ("Nick", a => a.Nick),
                ("Until", a => Output.Time(a.Until)), ("Reason", a => a.Reason)),
            Do("set", "Gives one person an affiliation", "Muc", [Room, jid, affiliation, GlobalOptions.Reason, until],
                (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).SetAffiliationsAsync(new SetAffiliationsRequest
                {
                    Room = session.Get(Room),
                    Affiliations =
                    {
                        new RoomAffiliation
                        {
                            Jid = session.Get(jid),
                            Affiliation = Parse(session.Get(affiliation)),
                            Reason = session.Text(GlobalOptions.Reason),
                            Until = session.Time(until),
                        },
                    },
                }, session.Call), (session, _) => $"{session.Get(jid)} is {session.Get(affiliation)} of {session.Get(Room)}."));
    }

    private static Option<string> Kind(Option<string> option)
    {
        option.AcceptOnlyFromAmong("outcast", "member", "admin", "owner");
        return option;
    }

    private static Affiliation Parse(string? word) => word switch
    {
        "none" => Affiliation.None,
        "outcast" => Affiliation.Outcast,
        "member" => Affiliation.Member,
        "admin" => Affiliation.Admin,
        "owner" => Affiliation.Owner,
        _ => Affiliation.Unspecified,
    };
}
