using Annex.Muc.Archive;
using Annex.Muc.Features;
using Annex.Muc.Rooms;
using Annex.Muc.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Handlers;

/// <summary>
/// What operators, and a room's admins by command, do with rooms: the one implementation behind the calls of
/// annex.muc.v1 and the ad-hoc commands. Who may do it was decided before. Everything happens in the room's turn.
/// </summary>
/// <remarks>All members throw <see cref="DeskException"/> where they refuse.</remarks>
internal sealed class RoomDesk(RoomDirectory directory, ArchiveReader? archive = null, MessagesOfAuthor? messages = null)
{
    /// <summary>Prosody's are UUIDs.</summary>
    private const int MaxSaltLength = 200;

    public RoomDirectory Directory => directory;

    /// <summary>Runs in the turn of a room that exists and is open.</summary>
    public async Task<T> AskAsync<T>(Jid address, Action<Room, Effects, Action<T>> work)
    {
        var isMissing = false;
        var result = await AskAnyAsync<T>(address, (room, effects, done) =>
        {
            isMissing = !room.Exists || room.IsLocked;
            if (isMissing)
                done(default!);
            else
                work(room, effects, done);
        });
        return isMissing ? throw new DeskException(DeskProblem.NotFound, "There is no such room.") : result;
    }

    /// <summary>Makes a room, which is there for everybody when this returns.</summary>
    /// <param name="occupantIdSalt">Of a room that comes from Prosody; null: none.</param>
    public async Task CreateAsync(Jid address, IReadOnlyList<Jid> owners, DataForm configuration, Jid actor, string? occupantIdSalt = null)
    {
        if (!address.IsBare || !address.HasLocal || !address.DomainJid.Equals(directory.Service.Jid))
            throw new DeskException(DeskProblem.Invalid, $"A room's address is name@{directory.Service.Jid}.");
        if (occupantIdSalt?.Length > MaxSaltLength)
            throw new DeskException(DeskProblem.Invalid, $"A salt has at most {MaxSaltLength} characters.");
        if (owners.Count == 0)
            throw new DeskException(DeskProblem.Invalid, "A room needs an owner.");
        var refusal = await AskAnyAsync<StanzaError?>(address, (room, effects, done) => room.Make(owners, actor, () =>
        {
            var form = new ConfigurationForm(room, actor);
            var problem = form.Read(configuration);
            return problem is null ? (form.Configuration with { OccupantIdSalt = occupantIdSalt }, null) : (null, problem);
        }, effects, done));
        ThrowIf(refusal, conflict: DeskProblem.Exists);
    }

    public async Task ConfigureAsync(Jid address, DataForm configuration, Jid actor) => ThrowIf(
        await AskAsync<StanzaError?>(address, (room, effects, done) =>
        {
            var form = new ConfigurationForm(room, actor);
            if (form.Read(configuration) is { } problem)
                done(problem);
            else
                room.Configure(form.Configuration, form.Entries, actor, null, effects, done);
        }));

    public async Task DestroyAsync(Jid address, string? reason, Jid? alternate, Jid actor)
    {
        if (!await AskAsync<bool>(address, (room, effects, done) =>
            room.Destroy(new Destruction(actor, alternate, null, reason), null, effects, done)))
            ThrowIf(MucErrors.StoreAway);
    }

    /// <summary>All or none.</summary>
    public async Task SetAffiliationsAsync(Jid address, IReadOnlyList<AffiliationRecord> entries, Jid actor) => ThrowIf(
        await AskAsync<StanzaError?>(address, (room, effects, done) =>
        {
            if (RefuseEntries(room, entries, actor) is { } refusal)
            {
                done(refusal);
                return;
            }
            room.Persist(effects, null, [.. entries.Select(e => new AffiliationChange(e, actor))], then =>
            {
                room.SetAffiliations(entries, actor, then);
                done(null);
            }, () => done(MucErrors.StoreAway));
        }));

    public async Task KickAsync(Jid address, string nick, string? reason, Jid actor)
    {
        var isFound = await AskAsync<bool>(address, (room, effects, done) =>
        {
            var isHere = room.TryGetOccupant(nick, out var occupant);
            if (isHere)
            {
                room.Audit(effects, AuditActors.Of(actor, room.Service), AuditActions.Kick, occupant!.RealBare.ToString(), reason);
                room.Remove([(occupant!, Removal.Kick(room.NickOf(actor), reason))], null, effects);
            }
            done(isHere);
        });
        if (!isFound)
            throw new DeskException(DeskProblem.NotFound, "Nobody here has this nickname.");
    }

    public async Task MuteAsync(Jid address, Jid person, string? reason, DateTimeOffset? until, Jid actor)
    {
        var now = directory.Service.Now;
        if (until <= now)
            throw new DeskException(DeskProblem.Invalid, "The end of the mute has passed.");
        var mute = new MuteRecord(person, until, reason, AuditActors.Of(actor, directory.Service), now);
        ThrowIf(await AskAsync<StanzaError?>(address, (room, effects, done) => room.Mute(mute, actor, effects, done)));
    }

    public async Task UnmuteAsync(Jid address, Jid person, Jid actor) => ThrowIf(
        await AskAsync<StanzaError?>(address, (room, effects, done) => room.Unmute(person, actor, effects, done)));

    public Task<List<MuteRecord>> ListMutesAsync(Jid address) =>
        AskAsync<List<MuteRecord>>(address, (room, _, done) => done([.. room.Mutes.All]));

    /// <summary>XEP-0425 in the name of an admin or operator, who need not be in the room.</summary>
    public async Task ModerateAsync(Jid address, Guid id, string? reason, Jid actor, CancellationToken cancellationToken)
    {
        var isKnown = archive is not null && await archive.ContainsAsync(address, id, cancellationToken);
        ThrowIf(await AskAsync<StanzaError?>(address, (room, effects, done) =>
        {
            if (isKnown)
                room.Moderate(ModeratorIn(room, actor), id, reason, effects, done);
            else
                done(StanzaError.ItemNotFound);
        }));
    }

    /// <summary>Takes back the newest messages of one person, as many as the service allows at once.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RetractAllAsync(Jid address, Jid author, DateTimeOffset? since, string? reason, Jid actor,
        CancellationToken cancellationToken)
    {
        if (messages is null)
            throw new DeskException(DeskProblem.Refused, "There is no archive.");
        await AskAsync<bool>(address, (room, effects, done) =>
        {
            room.Audit(effects, AuditActors.Of(actor, room.Service), AuditActions.RetractAll, author.ToString(), reason);
            done(true);
        });
        var count = 0;
        foreach (var id in await messages.ListAsync(address, author, since, directory.Options.MaxRetractions, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowIf(await AskAsync<StanzaError?>(address, (room, effects, done) =>
                room.Moderate(ModeratorIn(room, actor), id, reason, effects, done, isAudited: false)));
            count++;
        }
        return count;
    }

    /// <summary>XEP-0249; in a members-only room the invited become members.</summary>
    public async Task InviteAsync(Jid address, IReadOnlyList<Jid> people, string? reason, Jid actor) => ThrowIf(
        await AskAsync<StanzaError?>(address, (room, effects, done) =>
        {
            if (people.Any(p => room.AffiliationOf(p.Bare) == Affiliation.Outcast))
            {
                done(StanzaError.NotAllowed.WithText("Somebody of these is banned from the room."));
                return;
            }
            var joining = room.Configuration.IsMembersOnly
                ? people.Select(p => p.Bare).Distinct().Where(p => room.AffiliationOf(p) == Affiliation.None)
                    .Select(p => new AffiliationRecord(p, Affiliation.Member, null, null)).ToList()
                : [];
            room.Persist(effects, null, [.. joining.Select(e => new AffiliationChange(e, actor))], then =>
            {
                foreach (var entry in joining)
                    room.Affiliations.Set(entry);
                foreach (var person in people)
                    room.SendDirectInvitation(person, reason, then);
                done(null);
            }, () => done(MucErrors.StoreAway));
        }));

    /// <summary>A message in each room's own name.</summary>
    /// <param name="room">The one room; null: every room with somebody in it.</param>
    /// <returns>To how many rooms.</returns>
    public async Task<int> AnnounceAsync(string text, Jid? room)
    {
        if (text.Length == 0 || text.Length > directory.Options.MaxTextLength)
            throw new DeskException(DeskProblem.Invalid, $"A text has 1 to {directory.Options.MaxTextLength} characters.");
        Jid[] rooms = room is not null ? [room]
            : [.. directory.Mailboxes.Where(m => m.Room is { Exists: true, SessionCount: > 0 }).Select(m => m.Jid)];
        var told = 0;
        foreach (var address in rooms)
        {
            try
            {
                told += await AskAsync<int>(address, (target, effects, done) =>
                {
                    target.SayAsRoom(text, effects);
                    done(1);
                });
            }
            catch (DeskException) when (room is null)
            {
                // It ended meanwhile, or has too much to do: the others are told.
            }
        }
        return told;
    }

    private async Task<T> AskAnyAsync<T>(Jid address, Action<Room, Effects, Action<T>> work)
    {
        var task = new RoomTask<T>(work);
        directory.Post(address, task);
        try
        {
            return await task.Result;
        }
        catch (RoomRefusedException e)
        {
            throw new DeskException(DeskProblem.Away, e.Error.Text ?? e.Message);
        }
    }

    private static StanzaError? RefuseEntries(Room room, IReadOnlyList<AffiliationRecord> entries, Jid actor)
    {
        var changed = entries.Select(e => e.Subject).ToHashSet();
        var hasOwner = entries.Any(e => e.Affiliation == Affiliation.Owner)
            || room.Affiliations.All.Any(e => e.Affiliation == Affiliation.Owner && !changed.Contains(e.Subject));
        if (!hasOwner)
            return MucErrors.LastOwner;
        var added = entries.Count(e => e.Affiliation != Affiliation.None && room.Affiliations.Entry(e.Subject) is null);
        if (room.Affiliations.Count + added > room.Service.Options.MaxAffiliations)
            return MucErrors.TooManyAffiliations;
        foreach (var entry in entries)
        {
            if (entry.Affiliation >= Affiliation.Admin && !entry.Subject.HasLocal)
                return StanzaError.NotAcceptable.WithText("A whole domain cannot have this affiliation.");
            if (entry.Affiliation == Affiliation.Outcast && room.Service.IsAdmin(entry.Subject))
                return MucErrors.HigherAffiliation;
            if (!Privileges.HoldsOfficeForAffiliation(room.AffiliationOf(actor), entry.Affiliation)
                || !Privileges.MayChangeAffiliation(room.AffiliationOf(actor), room.AffiliationOf(entry.Subject)))
                return MucErrors.HigherAffiliation;
        }
        return null;
    }

    /// <summary>Who took a message back: the occupant if he is here, else the room in his name.</summary>
    private static Occupant ModeratorIn(Room room, Jid actor) =>
        room.NickOf(actor) is { } nick && room.TryGetOccupant(nick, out var occupant) ? occupant
            : new Occupant(room.Jid, actor, room.OccupantIdOf(actor));

    private static void ThrowIf(StanzaError? refusal, DeskProblem conflict = DeskProblem.Refused)
    {
        if (refusal is null)
            return;
        var problem = refusal.Condition switch
        {
            "item-not-found" => DeskProblem.NotFound,
            "conflict" => conflict,
            "resource-constraint" => refusal == MucErrors.StoreAway ? DeskProblem.Away : DeskProblem.Full,
            "not-acceptable" or "jid-malformed" or "bad-request" => DeskProblem.Invalid,
            _ => DeskProblem.Refused,
        };
        throw new DeskException(problem, refusal.Text ?? refusal.Condition);
    }
}
