using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>XEP-0045 §7.10 with XEP-0077 2.4: becoming a member by oneself, with a reserved nick.</summary>
internal sealed class Registration : IRoomFeature
{
    private const string NickField = "muc#register_roomnick";

    public bool TryIq(Room room, Stanza iq, Effects effects)
    {
        if (!Room.IsPayload(iq, "query"u8, "jabber:iq:register"u8))
            return false;
        var bare = iq.From!.Bare;
        if (room.AffiliationOf(bare) == Affiliation.Outcast)
            effects.Error(iq, MucErrors.Banned);
        else if (iq.Type == StanzaType.Get)
            Offer(room, iq, bare, effects);
        else
            Take(room, iq, bare, effects);
        return true;
    }

    public void Describe(Room room, RoomDescription description)
    {
        description.Features.Add(MucNamespaces.Register);
        description.Features.Add(MucNamespaces.IqRegister);
    }

    private static void Offer(Room room, Stanza iq, Jid bare, Effects effects)
    {
        var query = new Element("query", MucNamespaces.IqRegister);
        if (room.Affiliations.NickOf(bare) is { } nick)
        {
            effects.Result(iq, query.Add("registered", null).Add("username", nick));
            return;
        }
        if (!MayRegister(room, bare))
        {
            effects.Error(iq, MucErrors.RegistrationOff);
            return;
        }
        const string instructions = "Choose the nickname that is kept for you in this room.";
        var form = new DataForm(FormType.Form, MucNamespaces.Register,
            Forms.Field(NickField, FieldType.TextSingle, "Desired Nickname").Require())
        {
            Title = "Registration",
            Instructions = { instructions },
        };
        effects.Result(iq, query.Add("instructions", instructions).Add(form.ToElement()));
    }

    /// <summary>Somebody without affiliation, where the room lets them; whoever has one only reserves a nick.</summary>
    private static bool MayRegister(Room room, Jid bare) =>
        room.AffiliationOf(bare) >= Affiliation.Member
        || (room.Configuration.MayRegister && !room.Configuration.IsMembersOnly);

    private static void Take(Room room, Stanza iq, Jid bare, Effects effects)
    {
        var query = iq.FirstChild!;
        if (query.Child("remove") is not null)
        {
            if (query.Children.Count > 1)
                effects.Error(iq, StanzaError.BadRequest); // XEP-0077 §3.2
            else
                Withdraw(room, iq, bare, effects);
            return;
        }
        if (!MayRegister(room, bare))
        {
            effects.Error(iq, MucErrors.RegistrationOff);
            return;
        }
        if (DataForm.Find(query, MucNamespaces.Register) is not { } form || form.First(NickField) is not { } wished
            || !Nicks.TryPrepare(room.Jid, wished, room.Service.Options.MaxNickLength, out var nick, out _))
        {
            effects.Error(iq, StanzaError.BadRequest);
            return;
        }
        if (IsTaken(room, nick!, bare))
        {
            effects.Error(iq, MucErrors.NickConflict);
            return;
        }
        if (room.Affiliations.Entry(bare) is null && room.Affiliations.Count >= room.Service.Options.MaxAffiliations)
        {
            effects.Error(iq, MucErrors.TooManyAffiliations);
            return;
        }
        var affiliation = room.Affiliations.Entry(bare)?.Affiliation ?? Affiliation.None;
        var entry = new AffiliationRecord(bare, affiliation < Affiliation.Member ? Affiliation.Member
            : affiliation, nick!.Resource, null);
        Set(room, iq, entry, effects);
    }

    // Reserved for another, or in another's use at this moment.
    private static bool IsTaken(Room room, Jid nick, Jid bare) =>
        (room.Affiliations.ReservedFor(nick.Resource!) is { } other && !other.Equals(bare))
        || (room.TryGetOccupant(nick, out var occupant) && !occupant.RealBare.Equals(bare));

    /// <summary>XEP-0077 §3.2. A member who registered is one no longer; admins and owners lose the nick alone, and the
    /// last owner keeps the room.</summary>
    private static void Withdraw(Room room, Stanza iq, Jid bare, Effects effects)
    {
        if (room.Affiliations.Entry(bare) is not { } entry
            || (entry.Nick is null && entry.Affiliation != Affiliation.Member))
        {
            effects.Error(iq, MucErrors.NotRegistered);
            return;
        }
        var after = entry.Affiliation == Affiliation.Member ? Affiliation.None : entry.Affiliation;
        Set(room, iq, new AffiliationRecord(bare, after, null, null), effects);
    }

    private static void Set(Room room, Stanza iq, AffiliationRecord entry, Effects effects) =>
        room.Persist(effects, iq, [new AffiliationChange(entry, null)], then =>
        {
            then.Result(iq, null);
            room.SetAffiliations([entry], null, then);
        });
}
