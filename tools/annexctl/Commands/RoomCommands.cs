using System.CommandLine;
using Annex.Contracts.Muc.V1;
using static Annex.Ctl.CommandBuilding;

namespace Annex.Ctl.Commands;

/// <summary>annexctl rooms</summary>
internal static class RoomCommands
{
    private const string Muc = "Muc";

    private static readonly Argument<string> Room = Word("room", "The room's address");
    private static readonly Option<string[]> Field = new("--field")
    {
        Description = "A field of the configuration form, such as roomname='Tea room'; may be given again",
        HelpName = "name=value",
    };

    public static Command Create() => Group("rooms", "Rooms: list, show, create, configure, destroy, archive, audit",
        ListRooms(), Get(), CreateRoom(), Configure(), Destroy(), Archive(), Moderate(), Retract(), Announce(), Audit());

    private static Command ListRooms()
    {
        var contains = new Option<string>("--contains") { Description = "Only rooms whose address or name contains this", HelpName = "text" };
        var listed = new Option<bool>("--listed") { Description = "Only rooms that belong in a directory" };
        return List("list", "Rooms by address", Muc, "There are no rooms.", [contains, listed, GlobalOptions.Limit],
            (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).ListRooms(new ListRoomsRequest
            {
                Contains = session.Text(contains),
                OnlyListed = session.Get(listed),
                Limit = session.Get(GlobalOptions.Limit),
            }, session.Stream),
            ("Address", r => r.Jid), ("Name", r => r.Name), ("People", r => $"{r.Occupants}"), ("Kind", Kind),
            ("Created", r => Output.Time(r.CreatedAt)));
    }

    private static Command Get() => Show("show", "One room", Muc, [Room],
        (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).GetRoomAsync(
            new GetRoomRequest { Room = session.Get(Room) }, session.Call), Fields);

    private static Command CreateRoom()
    {
        var owner = new Option<string[]>("--owner") { Description = "Who owns it; may be given again", HelpName = "jid", Required = true };
        var salt = new Option<string>("--occupant-id-salt")
        {
            Description = "The room's occupant_id_salt on the Prosody that it comes from: occupant ids stay what they were",
            HelpName = "salt",
        };
        return Show("create", "Makes a room", Muc, [Room, owner, Field, salt],
            (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).CreateRoomAsync(new CreateRoomRequest
            {
                Room = session.Get(Room),
                Owners = { session.Get(owner) },
                OccupantIdSalt = session.Text(salt),
                Configuration = { Values(session) },
            }, session.Call), Fields);
    }

    private static Command Configure() => Show("configure", "Changes a room's configuration", Muc, [Room, Field],
        (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).ConfigureRoomAsync(
            new ConfigureRoomRequest { Room = session.Get(Room), Configuration = { Values(session) } }, session.Call), Fields);

    private static Command Destroy()
    {
        var alternate = new Option<string>("--alternate") { Description = "The room to go to instead", HelpName = "jid" };
        return Do("destroy", "Destroys a room with its archive", Muc, [Room, GlobalOptions.Reason, alternate],
            (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).DestroyRoomAsync(new DestroyRoomRequest
            {
                Room = session.Get(Room),
                Reason = session.Text(GlobalOptions.Reason),
                AlternateRoom = session.Text(alternate),
            }, session.Call),
            (session, _) => $"{session.Get(Room)} is destroyed.", session => $"Destroy {session.Get(Room)}, and its archive with it?");
    }

    private static Command Archive()
    {
        var text = new Argument<string>("words") { Description = "Words of the message", DefaultValueFactory = _ => "" };
        var with = new Option<string>("--by") { Description = "Only messages of this person", HelpName = "jid" };
        var since = GlobalOptions.Time("--since", "Only messages from then on");
        var until = GlobalOptions.Time("--until", "Only messages before");
        return List("archive", "Messages of a room", Muc, "There is no such message.", [Room, text, with, since, until, GlobalOptions.Limit],
            (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).SearchArchive(new SearchArchiveRequest
            {
                Room = session.Get(Room),
                Text = session.Get(text),
                With = session.Text(with),
                Start = session.Time(since),
                End = session.Time(until),
                Limit = session.Get(GlobalOptions.Limit),
            }, session.Stream),
            ("At", m => Output.Time(m.At)), ("Nick", m => m.Nick), ("Author", m => m.Jid), ("Message", m => m.Body), ("Id", m => m.StanzaId));
    }

    private static Command Moderate()
    {
        var id = Word("id", "The message's stanza id (annexctl rooms archive shows it)");
        return Do("moderate", "Takes one message back, and its file with it", Muc, [Room, id, GlobalOptions.Reason],
            (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).ModerateMessageAsync(new ModerateMessageRequest
            {
                Room = session.Get(Room),
                StanzaId = session.Get(id),
                Reason = session.Text(GlobalOptions.Reason),
            }, session.Call), (session, _) => $"{session.Get(id)} is taken back.");
    }

    private static Command Retract()
    {
        var author = Word("jid", "The author");
        var since = GlobalOptions.Time("--since", "Only messages from then on");
        return Do("retract", "Takes back all messages of one person", Muc, [Room, author, since, GlobalOptions.Reason],
            (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).RetractMessagesAsync(new RetractMessagesRequest
            {
                Room = session.Get(Room),
                Jid = session.Get(author),
                Since = session.Time(since),
                Reason = session.Text(GlobalOptions.Reason),
            }, session.Call), (_, answer) => $"{answer.MessagesRetracted} messages are taken back.",
            session => $"Take back the messages of {session.Get(author)} in {session.Get(Room)}?");
    }

    private static Command Announce()
    {
        var text = Word("text", "The message");
        var room = new Option<string>("--room") { Description = "Only to this room", HelpName = "jid" };
        return Do("announce", "A message to the occupants of every room, or of one", Muc, [text, room],
            (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).AnnounceAsync(
                new AnnounceRequest { Text = session.Get(text), Room = session.Text(room) }, session.Call),
            (_, answer) => $"Told in {answer.Rooms} rooms.");
    }

    private static Command Audit()
    {
        var room = new Option<string>("--room") { Description = "Only this room", HelpName = "jid" };
        var actor = new Option<string>("--by") { Description = "Only what this one did", HelpName = "jid" };
        var action = new Option<string>("--action") { Description = "Only this action", HelpName = "word" };
        var target = new Option<string>("--target") { Description = "Only what was done to this one", HelpName = "jid" };
        var since = GlobalOptions.Time("--since", "From then on");
        var until = GlobalOptions.Time("--until", "Before");
        action.CompletionSources.Add("kick", "ban", "configure", "destroy", "moderate");
        return List("audit", "Who did what, the newest first", Muc, "Nothing is recorded.",
            [room, actor, action, target, since, until, GlobalOptions.Limit],
            (session, muc) => new RoomDirectory.RoomDirectoryClient(muc).ListAudit(new ListAuditRequest
            {
                Room = session.Text(room),
                Actor = session.Text(actor),
                Action = session.Text(action),
                Target = session.Text(target),
                Start = session.Time(since),
                End = session.Time(until),
                Limit = session.Get(GlobalOptions.Limit),
            }, session.Stream),
            ("At", a => Output.Time(a.At)), ("Room", a => a.Room), ("By", a => a.Actor), ("Action", a => a.Action),
            ("To", a => a.Target), ("Reason", a => a.Reason), ("Details", a => a.Details));
    }

    private static IEnumerable<ConfigurationValue> Values(Session session) => (session.Parsed.GetValue(Field) ?? [])
        .Select(f => f.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (Name: f[..at], Value: f[(at + 1)..])
            : throw new CommandFailedException($"--field {f}: name=value is expected", ExitCodes.Usage))
        .GroupBy(f => f.Name, StringComparer.Ordinal)
        .Select(g => new ConfigurationValue { Field = g.Key, Values = { g.Select(f => f.Value) } });

    private static (string, string)[] Fields(Room room) =>
    [
        ("Address", room.Jid), ("Name", room.Name), ("Description", room.Description), ("Language", room.Language),
        ("Tags", string.Join(", ", room.Tags)), ("People", $"{room.Occupants}{(room.HasMaxOccupants ? $" of {room.MaxOccupants}" : "")}"),
        ("Kind", Kind(room)), ("Created", Output.Time(room.CreatedAt)), ("Version", $"{room.Version}"),
    ];

    private static string Kind(Room room) => string.Join(", ", new[]
    {
        room.IsPublic ? "public" : "hidden", room.IsPersistent ? "persistent" : "temporary",
        room.IsMembersOnly ? "members only" : "", room.HasPassword ? "password" : "", room.IsModerated ? "moderated" : "",
        room.IsNonAnonymous ? "addresses shown" : "",
    }.Where(w => w.Length > 0));
}
