using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>The form muc#roomconfig: written with the room's values, and read back with everything checked before
/// anything is changed (XEP-0045 §10.1.3).</summary>
internal sealed class ConfigurationForm(Room room, Jid actor)
{
    public RoomConfiguration Configuration { get; private set; } = room.Configuration;

    /// <summary>What the full lists of admins and owners change.</summary>
    public IReadOnlyList<AffiliationRecord> Entries { get; private set; } = [];

    public static Element Write(Room room, Jid actor)
    {
        var form = new DataForm(FormType.Form, MucNamespaces.RoomConfig)
        {
            Title = $"Configuration for \"{room.Jid.Local}\"",
            Instructions = { "Complete this form to configure the room." },
        };
        foreach (var field in ConfigurationFields.All)
        {
            if (IsLockedFor(room, actor, field))
                continue;
            var written = Forms.Field(field.Var, field.Type, field.Label, field.Get(room.Configuration));
            foreach (var (label, value) in OptionsOf(field, room))
                written.Options.Add(new FieldOption(value, label));
            form.Add(written);
        }
        form.Add(Forms.Field(ConfigurationFields.Admins, FieldType.JidMulti, "Room Admins",
            Names(room, Affiliation.Admin)));
        form.Add(Forms.Field(ConfigurationFields.Owners, FieldType.JidMulti, "Room Owners",
            Names(room, Affiliation.Owner)));
        return new Element("query", MucNamespaces.Owner).Add(form.ToElement());
    }

    public StanzaError? Read(DataForm form)
    {
        if (form.Fields.Count == 0)
            return null; // §10.1.2: an instant room
        if (form.First("FORM_TYPE") is { } formType && formType != MucNamespaces.RoomConfig)
            return StanzaError.BadRequest;
        foreach (var submitted in form.Fields.OrderBy(f => f.Var is { } var
            && ConfigurationFields.Find(var) is { IsLast: true }))
        {
            // XEP-0068: fields that nobody knows are ignored.
            if (submitted.Var is null || ConfigurationFields.Find(submitted.Var) is not { } field)
                continue;
            var changed = field.Set(Configuration, submitted.Values, room.Service.Options);
            if (changed is null)
                return StanzaError.NotAcceptable.WithText($"{field.Var} cannot have this value.");
            if (changed != Configuration && IsLockedFor(room, actor, field))
                return StanzaError.NotAllowed.WithText($"{field.Var} is set by the service.");
            Configuration = changed;
        }
        if (Configuration.HasPassword && Configuration.Secret.Length == 0)
            return StanzaError.NotAcceptable.WithText("A password-protected room needs a password."); // §10.1.3
        return ReadLists(form);
    }

    /// <summary>§16.5: roomadmins and roomowners are the full lists, not a difference.</summary>
    private StanzaError? ReadLists(DataForm form)
    {
        var entries = new Dictionary<Jid, AffiliationRecord>();
        if (ReadList(form, ConfigurationFields.Admins, Affiliation.Admin, entries) is { } refused)
            return refused;
        // Owners come last: who stands in both lists is an owner.
        if (ReadList(form, ConfigurationFields.Owners, Affiliation.Owner, entries) is { } refusal)
            return refusal;
        Entries = [.. entries.Values];
        var owners = room.Affiliations.All.Count(e => e.Affiliation == Affiliation.Owner
            && !entries.ContainsKey(e.Subject))
            + entries.Values.Count(e => e.Affiliation == Affiliation.Owner);
        return owners == 0 ? MucErrors.LastOwner : null;
    }

    private StanzaError? ReadList(DataForm form, string var, Affiliation affiliation,
        Dictionary<Jid, AffiliationRecord> entries)
    {
        if (form.ValuesOf(var) is not { } values)
            return null;
        var named = new HashSet<Jid>();
        foreach (var value in values.SelectMany(v =>
            v.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!Jid.TryParse(value, out var jid))
                return StanzaError.JidMalformed;
            if (!jid.HasLocal || named.Count >= room.Service.Options.MaxItems)
                return StanzaError.NotAcceptable.WithText($"{var} takes people's addresses.");
            named.Add(jid.Bare);
        }
        // A submission that names no owner at all, of a client that leaves the field empty, is a request to remove the
        // last one.
        foreach (var entry in room.Affiliations.All.Where(e => e.Affiliation == affiliation
            && !named.Contains(e.Subject)))
        {
            var demoted = Demoted(affiliation);
            entries.TryAdd(entry.Subject,
                new AffiliationRecord(entry.Subject, demoted, demoted == Affiliation.None ? null : entry.Nick, null));
        }
        foreach (var jid in named)
        {
            var before = room.Affiliations.Entry(jid);
            if (before?.Affiliation != affiliation)
                entries[jid] = new AffiliationRecord(jid, affiliation, before?.Nick, null);
            else if (affiliation == Affiliation.Owner)
                entries.Remove(jid);
        }
        return null;
    }

    // §10.2: a former owner is an admin, a former admin a member or nobody; a reserved nick stays with a member.
    private Affiliation Demoted(Affiliation affiliation) => affiliation == Affiliation.Owner
        ? Affiliation.Admin
        : Configuration.IsMembersOnly ? Affiliation.Member : Affiliation.None;

    private static bool IsLockedFor(Room room, Jid actor, ConfigurationField field) =>
        !room.Service.IsAdmin(actor) && room.Service.Options.Locked.Contains(field.Name);

    /// <summary>The options, and the present value where it is none of them (XEP-0004 §3.3: list-single).</summary>
    private static IEnumerable<(string Label, string Value)> OptionsOf(ConfigurationField field, Room room)
    {
        if (field.Type != FieldType.ListSingle)
            return field.Options;
        var missing = field.Get(room.Configuration).Where(v => !field.Options.Any(o => o.Value == v));
        return field.Options.Concat(missing.Select(v => (v, v)));
    }

    private static List<string> Names(Room room, Affiliation affiliation) =>
        [.. room.Affiliations.All.Where(e => e.Affiliation == affiliation).Select(e => e.Subject.ToString())];
}
