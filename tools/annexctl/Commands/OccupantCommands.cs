using System.CommandLine;
using Annex.Contracts.Muc.V1;
using static Annex.Ctl.CommandBuilding;

namespace Annex.Ctl.Commands;

/// <summary>annexctl occupants</summary>
internal static class OccupantCommands
{
    private static readonly Argument<string> Room = Word("room", "The room's address");

    public static Command Create()
    {
        var nick = Word("nick", "The occupant's nick");
        var jid = Word("jid", "A bare JID; for a ban also a domain");
        var until = GlobalOptions.Time("--until", "When it ends by itself", isLater: true);
        return Group("occupants", "Who is in a room: list, kick, ban, mute",
            List("list", "Who is in a room", "Muc", "Nobody is there.", [Room],
                (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).ListOccupants(
                    new ListOccupantsRequest { Room = session.Get(Room) }, session.Stream),
                ("Nick", o => o.Nick), ("Role", o => o.Role.ToString().ToLowerInvariant()),
                ("Affiliation", o => o.Affiliation.ToString().ToLowerInvariant()), ("Sessions", o => string.Join(", ", o.Jids)),
                ("Since", o => Output.Time(o.JoinedAt))),
            Do("kick", "Removes an occupant, who may come again", "Muc", [Room, nick, GlobalOptions.Reason],
                (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).KickOccupantAsync(new KickOccupantRequest
                {
                    Room = session.Get(Room),
                    Nick = session.Get(nick),
                    Reason = session.Text(GlobalOptions.Reason),
                }, session.Call), (session, _) => $"{session.Get(nick)} is out of {session.Get(Room)}."),
            Do("ban", "Bans a person or a domain from one room (annexctl bans: from all)", "Muc", [Room, jid, GlobalOptions.Reason, until],
                (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).BanFromRoomAsync(new BanFromRoomRequest
                {
                    Room = session.Get(Room),
                    Jid = session.Get(jid),
                    Reason = session.Text(GlobalOptions.Reason),
                    Until = session.Time(until),
                }, session.Call), (session, _) => $"{session.Get(jid)} is banned from {session.Get(Room)}."),
            Do("mute", "Takes voice from a person", "Muc", [Room, jid, GlobalOptions.Reason, until],
                (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).MuteAsync(new MuteRequest
                {
                    Room = session.Get(Room),
                    Jid = session.Get(jid),
                    Reason = session.Text(GlobalOptions.Reason),
                    Until = session.Time(until),
                }, session.Call), (session, _) => $"{session.Get(jid)} is muted in {session.Get(Room)}."),
            Do("unmute", "Gives voice back", "Muc", [Room, jid],
                (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).UnmuteAsync(
                    new UnmuteRequest { Room = session.Get(Room), Jid = session.Get(jid) }, session.Call),
                (session, _) => $"{session.Get(jid)} has voice in {session.Get(Room)} again."),
            List("mutes", "Who is muted in a room", "Muc", "Nobody is muted.", [Room],
                (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).ListMutes(
                    new ListMutesRequest { Room = session.Get(Room) }, session.Stream),
                ("Address", m => m.Jid), ("Until", m => Output.Time(m.Until)), ("By", m => m.MutedBy), ("At", m => Output.Time(m.MutedAt)),
                ("Reason", m => m.Reason)));
    }
}
