using Annex.Muc.Rooms;
using Annex.Muc.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Handlers;

/// <summary>The ad-hoc commands of the service (XEP-0050), for the operators that Admins names.</summary>
internal sealed class ServiceCommands(RoomDesk desk, RoomCatalog? catalog, BanDesk? bans, AuditLog? audit, AccountEraser? eraser)
{
    private const string Prefix = "urn:annex:muc:service:";
    private const int LinesShown = 200;

    private static readonly FieldOption[] Affiliations =
        [new("owner", "Owner"), new("admin", "Admin"), new("member", "Member"), new("outcast", "Banned"), new("none", "None")];

    public void AddTo(CommandTable table)
    {
        AddRooms(table);
        if (bans is not null)
            AddBans(table, bans);
        if (audit is not null)
        {
            Add(table, "audit", "What was done", (_, cancellationToken) => AuditAsync(audit, cancellationToken));
        }
        if (eraser is not null)
        {
            Add(table, "erase-account", "Erase an account everywhere", CommandForms.Ask(CommandForms.Form(Prefix + "erase-account",
                "Erase an account everywhere", Field.JidSingle("jid", null, "Address").Require(),
                Field.Bool("with_messages", false, "Take back its messages too, not only its name from them")),
                (request, cancellationToken) => EraseAsync(eraser, request, cancellationToken)));
        }
    }

    private void AddRooms(CommandTable table)
    {
        if (catalog is not null)
        {
            Add(table, "list-rooms", "List rooms", CommandForms.Ask(CommandForms.Form(Prefix + "list-rooms", "List rooms",
                Field.TextSingle("contains", null, "Part of the address or the name"),
                Field.TextSingle("after", null, "Only addresses after this one")), ListRoomsAsync));
        }
        Add(table, "create-room", "Create a room", CommandForms.Ask(CommandForms.Form(Prefix + "create-room", "Create a room",
            Field.TextSingle("room", null, "Name, or address").Require(), Field.JidMulti("owners", [], "Owners").Require(),
            Field.TextSingle("roomname", null, "Title"), Field.Bool("membersonly", false, "Only for members"),
            Field.Bool("publicroom", true, "Listed")), CreateAsync));
        Add(table, "destroy-room", "Destroy a room", CommandForms.Ask(CommandForms.Form(Prefix + "destroy-room", "Destroy a room",
            RoomField(), CommandForms.Reason(), Field.JidSingle("alternate", null, "Room to go to")), DestroyAsync));
        Add(table, "affiliations", "Affiliations of a room", CommandForms.Ask(CommandForms.Form(Prefix + "affiliations",
            "Affiliations of a room", RoomField()), ListAffiliationsAsync));
        Add(table, "set-affiliation", "Change an affiliation", CommandForms.Ask(CommandForms.Form(Prefix + "set-affiliation",
            "Change an affiliation", RoomField(), Field.JidSingle("jid", null, "Person or domain").Require(),
            Field.ListSingle("affiliation", "member", "Affiliation", Affiliations).Require(), CommandForms.Reason(),
            Field.TextSingle("duration", null, $"Of a ban: {Durations.Label}")), SetAffiliationAsync));
        Add(table, "announce", "Say something in all rooms", CommandForms.Ask(CommandForms.Form(Prefix + "announce",
            "Say something in all rooms", Field.TextMulti("text", null, "Text").Require(),
            Field.JidSingle("room", null, "Only in this room")), AnnounceAsync));
    }

    private void AddBans(CommandTable table, BanDesk list)
    {
        Add(table, "bans", "Who is banned from the service", (_, _) => Task.FromResult(ListBans(list)));
        Add(table, "ban", "Ban from all services", CommandForms.Ask(CommandForms.Form(Prefix + "ban", "Ban from all services",
            Field.JidSingle("jid", null, "Person or domain").Require(), CommandForms.Reason(), CommandForms.Duration()),
            (request, cancellationToken) => BanAsync(list, request, cancellationToken)));
        Add(table, "unban", "Lift a ban", CommandForms.Ask(CommandForms.Form(Prefix + "unban", "Lift a ban",
            Field.JidSingle("jid", null, "Person or domain").Require()),
            (request, cancellationToken) => UnbanAsync(list, request, cancellationToken)));
        Add(table, "block-lists", "Real-time block lists", (_, _) => Task.FromResult(BlockLists()));
    }

    private void Add(CommandTable table, string name, string title, CommandStage run) => table.Add(new Command(Prefix + name, title,
        r => r.To is { HasLocal: false } && desk.Directory.Service.IsAdmin(r.From.Bare), CommandForms.Guarded((r, c) => run(r, c))));

    private static Field RoomField() => Field.TextSingle("room", null, "Room").Require();

    /// <summary>A room's address, or its name alone.</summary>
    private Jid Room(CommandRequest request)
    {
        var text = request.Submitted!.Text("room")!.Trim();
        var address = text.Contains('@', StringComparison.Ordinal) ? text : $"{text}@{desk.Directory.Service.Jid}";
        return Jid.TryParse(address, out var room) && room.HasLocal ? room.Bare
            : throw new DeskException(DeskProblem.Invalid, $"{text} is no room's address.");
    }

    private async Task<CommandStep> ListRoomsAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var table = CommandForms.Table("Rooms", ("room", "Address"), ("name", "Name"), ("occupants", "Here now"), ("kind", "Kind"));
        var count = 0;
        await foreach (var room in catalog!.ListAsync(request.Optional("after") ?? "", request.Optional("contains") ?? "", false, false,
            cancellationToken))
        {
            if (count++ == LinesShown)
                break;
            var kind = $"{(room.IsPublic ? "public" : "hidden")}, {(room.IsMembersOnly ? "members only" : "open")}";
            table.Row(room.Room, room.Name, room.Occupants.ToString(System.Globalization.CultureInfo.InvariantCulture), kind);
        }
        return count == 0 ? CommandStep.Done("There is no such room.")
            : count <= LinesShown ? CommandStep.Done(table)
            : CommandStep.Done(table, new CommandNote($"There are more than {LinesShown}; go on after the last address."));
    }

    private async Task<CommandStep> CreateAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var form = new DataForm(FormType.Submit, MucNamespaces.RoomConfig);
        foreach (var name in (string[])["roomname", "membersonly", "publicroom"])
        {
            if (request.Optional(name) is { } value)
                form.Add(new Field(ConfigurationFields.Prefix + name, null, value));
        }
        var room = Room(request);
        var owners = (request.Submitted!.Jids("owners") ?? []).Where(o => o.HasLocal).Select(o => o.Bare).Distinct().ToList();
        await desk.CreateAsync(room, owners, form, request.From.Bare);
        return CommandStep.Done($"{room} is there.");
    }

    private async Task<CommandStep> DestroyAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var room = Room(request);
        await desk.DestroyAsync(room, request.Reason(), request.Submitted!.Jid("alternate")?.Bare, request.From.Bare);
        return CommandStep.Done($"{room} is destroyed.");
    }

    private async Task<CommandStep> ListAffiliationsAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var entries = await desk.AskAsync<List<AffiliationRecord>>(Room(request), (room, _, done) => done([.. room.Affiliations.All]));
        var table = CommandForms.Table("Affiliations", ("jid", "Address"), ("affiliation", "Affiliation"), ("nick", "Nick"),
            ("reason", "Reason"), ("until", "Until"));
        foreach (var entry in entries.OrderByDescending(e => e.Affiliation).ThenBy(e => e.Subject).Take(LinesShown))
            table.Row(entry.Subject.ToString(), Words.Of(entry.Affiliation), entry.Nick, entry.Reason, CommandForms.Until(entry.Until));
        return CommandStep.Done(table);
    }

    private async Task<CommandStep> SetAffiliationAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        if (request.Submitted!.Jid("jid") is not { } subject)
            return CommandStep.Refused(StanzaError.JidMalformed);
        if (!Words.TryParse(request.Submitted.Text("affiliation"), out Affiliation affiliation)
            || !request.TryReadEnd(desk.Directory.Service.Now, out var until))
            return CommandStep.Refused(CommandForms.BadDuration);
        if (until is not null && affiliation != Affiliation.Outcast)
            throw new DeskException(DeskProblem.Invalid, "Only a ban ends by itself.");
        await desk.SetAffiliationsAsync(Room(request),
            [new AffiliationRecord(subject.Bare, affiliation, null, request.Reason()) { Until = until }], request.From.Bare);
        return CommandStep.Done($"{subject.Bare} is {Words.Of(affiliation)} now.");
    }

    private async Task<CommandStep> AnnounceAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var rooms = await desk.AnnounceAsync(request.Submitted!.Text("text")!.Trim(), request.Submitted.Jid("room")?.Bare);
        return CommandStep.Done($"Said in {rooms} rooms.");
    }

    private static CommandStep ListBans(BanDesk list)
    {
        var table = CommandForms.Table("Banned from all services", ("jid", "Address"), ("reason", "Reason"), ("until", "Until"),
            ("by", "By"), ("at", "Since"));
        var all = list.List();
        foreach (var ban in all.Take(LinesShown))
            table.Row(ban.Subject.ToString(), ban.Reason, CommandForms.Until(ban.Until), ban.By, XmppDateTime.Format(ban.At));
        return all.Count == 0 ? CommandStep.Done("Nobody is banned.") : CommandStep.Done(table);
    }

    private async Task<CommandStep> BanAsync(BanDesk list, CommandRequest request, CancellationToken cancellationToken)
    {
        if (request.Submitted!.Jid("jid") is not { } subject)
            return CommandStep.Refused(StanzaError.JidMalformed);
        if (!request.TryReadEnd(desk.Directory.Service.Now, out var until))
            return CommandStep.Refused(CommandForms.BadDuration);
        await list.BanAsync(subject.Bare, request.Reason(), until, request.From.Bare.ToString(), cancellationToken);
        return CommandStep.Done($"{subject.Bare} is banned from all services.");
    }

    private static async Task<CommandStep> UnbanAsync(BanDesk list, CommandRequest request, CancellationToken cancellationToken)
    {
        if (request.Submitted!.Jid("jid") is not { } subject)
            return CommandStep.Refused(StanzaError.JidMalformed);
        return await list.UnbanAsync(subject.Bare, request.From.Bare.ToString(), cancellationToken)
            ? CommandStep.Done($"The ban of {subject.Bare} is lifted.") : CommandStep.Failed($"{subject.Bare} is not banned.");
    }

    private CommandStep BlockLists()
    {
        var table = CommandForms.Table("Real-time block lists", ("list", "List"), ("state", "State"), ("entries", "Entries"),
            ("matches", "Matches"), ("kind", "Kind"));
        var lists = desk.Directory.Service.Bans.Lists;
        foreach (var list in lists)
        {
            table.Row($"{list.Node} of {list.Service}", list.IsSubscribed ? "followed" : list.Problem,
                list.Count.ToString(System.Globalization.CultureInfo.InvariantCulture),
                list.MatchCount.ToString(System.Globalization.CultureInfo.InvariantCulture), list.IsDryRun ? "dry run" : "in force");
        }
        return lists.Count == 0 ? CommandStep.Done("No block list is configured.") : CommandStep.Done(table);
    }

    private static async Task<CommandStep> AuditAsync(AuditLog log, CancellationToken cancellationToken) => CommandForms.Audit(
        await log.ListAsync(new AuditQuery { Limit = LinesShown }, cancellationToken), "The last entries", withRoom: true);

    private static async Task<CommandStep> EraseAsync(AccountEraser accounts, CommandRequest request, CancellationToken cancellationToken)
    {
        if (request.Submitted!.Jid("jid") is not { HasLocal: true } account)
            return CommandStep.Refused(StanzaError.JidMalformed);
        var erased = await accounts.EraseAsync(account.Bare, request.Submitted.Boolean("with_messages") ?? false, cancellationToken);
        await accounts.AnnounceAsync(account.Bare, cancellationToken);
        return CommandStep.Done($"{account.Bare} is erased: {erased.Affiliations} affiliations, " +
            $"{erased.MessagesAnonymised + erased.MessagesRetracted} messages, {erased.RoomsDestroyed} rooms.");
    }
}
