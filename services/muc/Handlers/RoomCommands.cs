using Annex.Muc.Features;
using Annex.Muc.Rooms;
using Annex.Muc.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Handlers;

/// <summary>The ad-hoc commands of each room (XEP-0050), for its owners and admins: see RoomCommandList for who may run
/// which. Asked again at every stage, in the room's turn.</summary>
internal sealed class RoomCommands(RoomDesk desk, AuditLog? audit)
{
    private const string Prefix = "urn:annex:muc:room:";
    private const int LinesShown = 100;

    public void AddTo(CommandTable table)
    {
        foreach (var (node, name, lowest) in RoomCommandList.All)
        {
            var run = Find(node[Prefix.Length..]);
            table.Add(new Command(node, name, r => r.To is { HasLocal: true, IsBare: true }, For(lowest, run)));
        }
    }

    private CommandStage Find(string name) => name switch
    {
        "settings" => SettingsAsync,
        "ban" => CommandForms.Ask(CommandForms.Form(Prefix + name, "Ban a person or a domain",
            Field.JidSingle("jid", null, "Address").Require(), CommandForms.Reason(), CommandForms.Duration()), Guard(name, BanAsync)),
        "unban" => AskUnbanAsync,
        "mute" => CommandForms.Ask(CommandForms.Form(Prefix + name, "Mute a person",
            Field.TextSingle("who", null, "Nickname or address").Require(), CommandForms.Reason(), CommandForms.Duration()),
            Guard(name, MuteAsync)),
        "unmute" => AskUnmuteAsync,
        "retract-all" => CommandForms.Ask(CommandForms.Form(Prefix + name, "Take back all messages of a person",
            Field.TextSingle("who", null, "Nickname or address").Require(), CommandForms.Reason(),
            Field.TextSingle("duration", null, "Only of the last (30m, 12h, 7d; empty: all)")), Guard(name, RetractAllAsync)),
        "invite" => CommandForms.Ask(CommandForms.Form(Prefix + name, "Invite people",
            Field.JidMulti("jids", [], "Addresses").Require(), CommandForms.Reason()), Guard(name, InviteAsync)),
        "audit" => AuditAsync,
        _ => throw new InvalidOperationException($"There is no command {name}."),
    };

    /// <summary>The stage, for those who may run it now.</summary>
    private CommandStage For(Affiliation lowest, CommandStage stage) => CommandForms.Guarded(async (request, cancellationToken) =>
    {
        var own = await desk.AskAsync<Affiliation>(request.To, (room, _, done) => done(room.AffiliationOf(request.From.Bare)));
        return own >= lowest ? await stage(request, cancellationToken)
            : CommandStep.Refused(lowest == Affiliation.Owner ? MucErrors.NotOwner : MucErrors.NotAdmin);
    });

    private Func<CommandRequest, CancellationToken, Task<CommandStep>> Guard(string name, CommandStage stage)
    {
        var guarded = For(RoomCommandList.LowestFor(Prefix + name)!.Value, stage);
        return (request, cancellationToken) => guarded(request, cancellationToken);
    }

    private async Task<CommandStep> SettingsAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var form = await desk.AskAsync<DataForm?>(request.To, (room, effects, done) =>
            done(DataForm.TryParse(ConfigurationForm.Write(room, request.From.Bare).Child("x", DataForm.Namespace)!, out var read, out _)
                ? read : null));
        return form is null ? CommandStep.Refused(StanzaError.InternalServerError) : CommandStep.Ask(form, CommandForms.Guarded(Guard("settings", async (submitted, _) =>
        {
            await desk.ConfigureAsync(submitted.To, submitted.Payload!, submitted.From.Bare);
            return CommandStep.Done("The room is configured.");
        })));
    }

    private async Task<CommandStep> BanAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        if (request.Submitted!.Jid("jid") is not { } subject)
            return CommandStep.Refused(StanzaError.JidMalformed);
        if (!request.TryReadEnd(desk.Directory.Service.Now, out var until))
            return CommandStep.Refused(CommandForms.BadDuration);
        if (subject.Bare.Equals(request.From.Bare))
            return CommandStep.Refused(MucErrors.SelfBan);
        var entry = new AffiliationRecord(subject.Bare, Affiliation.Outcast, null, request.Reason()) { Until = until };
        await desk.SetAffiliationsAsync(request.To, [entry], request.From.Bare);
        return CommandStep.Done($"{subject.Bare} is banned.");
    }

    private async Task<CommandStep> AskUnbanAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var bans = await desk.AskAsync<List<AffiliationRecord>>(request.To, (room, _, done) =>
            done([.. room.Affiliations.All.Where(e => e.Affiliation == Affiliation.Outcast)]));
        return AskWhich(bans.Select(b => (b.Subject, b.Until, b.Reason)), "unban", "Nobody is banned.", "Whose bans are lifted",
            async (submitted, people) =>
            {
                await desk.SetAffiliationsAsync(submitted.To,
                    [.. people.Select(p => new AffiliationRecord(p, Affiliation.None, null, null))], submitted.From.Bare);
                return CommandStep.Done("The bans are lifted.");
            });
    }

    private async Task<CommandStep> AskUnmuteAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var mutes = await desk.ListMutesAsync(request.To);
        return AskWhich(mutes.Select(m => (m.Subject, m.Until, m.Reason)), "unmute", "Nobody is muted.", "Who gets the voice back",
            async (submitted, people) =>
            {
                foreach (var person in people)
                    await desk.UnmuteAsync(submitted.To, person, submitted.From.Bare);
                return CommandStep.Done("The voices are given back.");
            });
    }

    /// <summary>A choice among those whom it concerns, with the end and the reason of each.</summary>
    private CommandStep AskWhich(IEnumerable<(Jid Subject, DateTimeOffset? Until, string? Reason)> entries, string name, string none,
        string label, Func<CommandRequest, IReadOnlyList<Jid>, Task<CommandStep>> work)
    {
        var options = entries.OrderBy(e => e.Subject).Take(LinesShown).Select(e => new FieldOption(e.Subject.ToString(),
            $"{e.Subject} {CommandForms.Until(e.Until)} {e.Reason}".Trim())).ToList();
        if (options.Count == 0)
            return CommandStep.Done(none);
        var form = CommandForms.Form(Prefix + name, label, Field.ListMulti("jids", [], label, options).Require());
        return CommandStep.Ask(form, CommandForms.Guarded(Guard(name, (request, _) =>
        {
            var people = request.Submitted!["jids"]!.Values.Select(v => Jid.TryParse(v, out var jid) ? jid.Bare : null)
                .OfType<Jid>().Distinct().ToList();
            return work(request, people);
        })));
    }

    private async Task<CommandStep> MuteAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        if (!request.TryReadEnd(desk.Directory.Service.Now, out var until))
            return CommandStep.Refused(CommandForms.BadDuration);
        var person = await WhoAsync(request);
        await desk.MuteAsync(request.To, person, request.Reason(), until, request.From.Bare);
        return CommandStep.Done($"{person} is muted.");
    }

    private async Task<CommandStep> RetractAllAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var now = desk.Directory.Service.Now;
        if (!request.TryReadEnd(now, out var end))
            return CommandStep.Refused(CommandForms.BadDuration);
        DateTimeOffset? since = end is null ? null : now - (end - now);
        var person = await WhoAsync(request);
        var count = await desk.RetractAllAsync(request.To, person, since, request.Reason(), request.From.Bare, cancellationToken);
        return CommandStep.Done($"{count} messages of {person} are taken back.");
    }

    private async Task<CommandStep> InviteAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var people = request.Submitted!.Jids("jids") ?? [];
        if (people.Count == 0 || people.Count > desk.Directory.Options.MaxItems || people.Any(p => !p.HasLocal))
            return CommandStep.Refused(StanzaError.JidMalformed);
        await desk.InviteAsync(request.To, people, request.Reason(), request.From.Bare);
        return CommandStep.Done("The invitations are on their way.");
    }

    private async Task<CommandStep> AuditAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        if (audit is null)
            return CommandStep.Refused(StanzaError.ServiceUnavailable);
        var lines = await audit.ListAsync(new AuditQuery { Room = request.To.ToString(), Limit = LinesShown }, cancellationToken);
        return CommandForms.Audit(lines, $"The last {lines.Count} entries", withRoom: false);
    }

    /// <summary>A nick of somebody who is here, else an address.</summary>
    private async Task<Jid> WhoAsync(CommandRequest request)
    {
        var who = request.Submitted!.Text("who")!;
        var present = await desk.AskAsync<Jid?>(request.To,
            (room, _, done) => done(room.TryGetOccupant(who, out var occupant) ? occupant.RealBare : null));
        return present ?? (Jid.TryParse(who, out var jid) && jid.HasLocal ? jid.Bare
            : throw new DeskException(DeskProblem.NotFound, "Nobody here has this nickname, and it is no person's address."));
    }
}
