using System.Text.Json;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>What the moderation desk does in a room, and what it writes down of it. Nothing here reads what people
/// say: it works on addresses and ids, so that encrypted rooms are moderated like others.</summary>
internal sealed partial class Room
{
    /// <summary>Writes a line of the audit log, behind.</summary>
    public void Audit(Effects effects, string actor, string action, string? target, string? reason = null,
        string? details = null) =>
        PersistBehind(effects, new AuditRecord(Service.Now, actor, action, target, reason, details));

    /// <summary>Removes everybody whom the service has come to refuse (301).</summary>
    public void Eject(Effects effects)
    {
        // Nor does he hear from afar.
        _subscriptions?.Invalidate();
        var gone = new List<(Occupant, Removal)>();
        foreach (var occupant in _occupants.Values)
        {
            if (Service.IsAdmin(occupant.RealBare) || !Service.Bans.Covers(occupant.RealBare, out var reason, out var list))
                continue;
            occupant.Affiliation = Affiliation.Outcast;
            gone.Add((occupant, Removal.Ban(null, reason)));
            if (list is not null)
                NoteMatch(occupant.RealBare, list, effects);
        }
        Remove(gone, null, effects);
    }

    /// <summary>A message in the room's own name, to those who are here.</summary>
    public void SayAsRoom(string text, Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<message type='groupchat' from='"u8);
        xml.Append(Jid.Escaped);
        xml.Append("' id='"u8);
        xml.Append(Service.NewId());
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'>"u8);
        WriteText(xml, "body"u8, text);
        xml.Append("</message>"u8);
        effects.Broadcast(StanzaKind.Message, _list);
    }

    /// <summary>XEP-0249: an invitation that needs no room to carry the answer.</summary>
    public void SendDirectInvitation(Jid to, string? reason, Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<message from='"u8);
        xml.Append(Jid.Escaped);
        xml.Append("' id='"u8);
        xml.Append(Service.NewId());
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'><x xmlns='jabber:x:conference' jid='"u8);
        xml.Append(Jid.Escaped);
        if (Configuration.HasPassword)
        {
            xml.Append("' password='"u8);
            xml.AppendEscaped(Configuration.Secret);
        }
        if (reason is not null)
        {
            xml.Append("' reason='"u8);
            xml.AppendEscaped(reason);
        }
        xml.Append("'/></message>"u8);
        effects.Send(StanzaKind.Message, to);
    }

    /// <summary>Somebody came whom a block list names: what was done about it.</summary>
    private void NoteMatch(Jid bare, BlockList list, Effects effects)
    {
        if (!list.CountMatch(bare, Service.Now))
            return;
        Audit(effects, AuditActors.Service, list.IsDryRun ? AuditActions.WouldBlock : AuditActions.Blocked,
            bare.ToString(), null, JsonSerializer.Serialize(new { list = list.Service.ToString(), node = list.Node }));
    }

    /// <summary>The service's word on who may be in no room; null: nothing against.</summary>
    private StanzaError? RefuseByService(Jid bare, Effects effects)
    {
        if (Service.IsAdmin(bare))
            return null;
        if (Service.Bans.Covers(bare, out var reason, out var list))
        {
            if (list is not null)
                NoteMatch(bare, list, effects);
            return reason is null ? MucErrors.BannedByService : MucErrors.BannedByService.WithText(reason);
        }
        if (Service.Bans.FindDryRun(bare) is { } trial)
            NoteMatch(bare, trial, effects);
        return null;
    }

    /// <summary>The line of the audit log that a change of affiliation makes; null for what is nobody's deed.</summary>
    private AuditRecord? AuditOf(AffiliationChange change)
    {
        if (change.By is null)
            return null;
        var entry = change.Entry;
        var before = Affiliations.Entry(entry.Subject)?.Affiliation ?? Affiliation.None;
        if (before == entry.Affiliation && entry.Affiliation != Affiliation.Outcast)
            return null;
        var action = entry.Affiliation == Affiliation.Outcast ? AuditActions.Ban
            : before == Affiliation.Outcast && entry.Affiliation == Affiliation.None ? AuditActions.Unban
            : AuditActions.Affiliation;
        var details = action == AuditActions.Affiliation
            ? JsonSerializer.Serialize(new { from = Words.Of(before), to = Words.Of(entry.Affiliation) })
            : EndAsJson(entry.Until);
        return new AuditRecord(Service.Now, AuditActors.Of(change.By, Service), action, entry.Subject.ToString(),
            entry.Reason, details);
    }

    /// <summary>What a configuration changes, by the names of the form; a password's value is nobody's business.</summary>
    private AuditRecord AuditOf(RoomConfiguration after, Jid actor)
    {
        var changed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in ConfigurationFields.All)
        {
            var (old, now) = (field.Get(Configuration), field.Get(after));
            if (!old.SequenceEqual(now, StringComparer.Ordinal))
                changed[field.Name] = field.Name == "roomsecret" ? "" : string.Join(' ', now);
        }
        return new AuditRecord(Service.Now, AuditActors.Of(actor, Service),
            IsLocked ? AuditActions.Create : AuditActions.Configure, null, null,
            changed.Count == 0 ? null : JsonSerializer.Serialize(changed));
    }
}
