using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>MUC/Sub (urn:xmpp:mucsub:0, as ejabberd documents it): who may enter may also get what is said without entering.</summary>
internal sealed class Subscribing : IRoomFeature
{
    public bool TryIq(Room room, Stanza iq, Effects effects)
    {
        if (!iq.PayloadNamespace.SequenceEqual("urn:xmpp:mucsub:0"u8))
            return false;
        var request = iq.FirstChild!;
        switch (iq.Type, request.Name)
        {
            case (StanzaType.Set, "subscribe"):
                Subscribe(room, iq, request, effects);
                return true;
            case (StanzaType.Set, "unsubscribe"):
                Unsubscribe(room, iq, request, effects);
                return true;
            case (StanzaType.Get, "subscriptions"):
                List(room, iq, effects);
                return true;
            default:
                return false;
        }
    }

    public void Describe(Room room, RoomDescription description)
    {
        if (room.Configuration.AllowsSubscriptions)
            description.Features.Add(SubscriptionWords.Namespace);
    }

    private static void Subscribe(Room room, Stanza iq, Element request, Effects effects)
    {
        if (!TryTarget(room, iq, request, out var bare, out var refusal)
            || (refusal = Refuse(room, iq, request, bare)) is not null)
        {
            effects.Error(iq, refusal);
            return;
        }
        // Somebody who is in the room, or subscribed already, has a nick.
        var wished = request["nick"] is { Length: > 0 } asked ? asked
            : room.Subscriptions?.All.FirstOrDefault(s => s.Subject.Equals(bare))?.Nick ?? room.NickOf(bare);
        if (wished is null)
        {
            effects.Error(iq, StanzaError.BadRequest.WithText("A subscription needs a nick."));
            return;
        }
        if (!Nicks.TryPrepare(room.Jid, wished, room.Service.Options.MaxNickLength, out var nick, out _))
        {
            effects.Error(iq, MucErrors.NickNotAllowed);
            return;
        }
        if (IsTaken(room, nick!, bare))
        {
            effects.Error(iq, MucErrors.NickConflict);
            return;
        }
        var nodes = SubscriptionWords.Read(request);
        room.Subscribe(iq, bare, nick!, nodes, effects, then =>
            then.Result(iq, SubscriptionWords.Write(new Element("subscribe", SubscriptionWords.Namespace).With("nick", nick!.Resource), nodes)));
    }

    /// <summary>As for entering (XEP-0045 §7.2): what somebody may not read he cannot have sent to him either.</summary>
    private static StanzaError? Refuse(Room room, Stanza iq, Element request, Jid bare)
    {
        if (!room.Configuration.AllowsSubscriptions)
            return MucErrors.SubscriptionsOff;
        var affiliation = room.AffiliationOf(bare);
        if (affiliation == Affiliation.Outcast)
            return MucErrors.Banned;
        if (!Privileges.MayEnter(affiliation, room.Configuration.IsMembersOnly))
            return MucErrors.MembersOnly;
        var isKnown = room.Subscriptions?.Contains(bare) == true;
        // Whoever is inside has given the password; an admin who subscribes somebody else knows it.
        if (room.Configuration.HasPassword && !isKnown && !room.TryGetSession(iq.From, out _) && bare.Equals(iq.From!.Bare)
            && !string.Equals(request["password"] ?? request.Child("password")?.Text, room.Configuration.Secret, StringComparison.Ordinal))
            return MucErrors.PasswordRequired;
        return !isKnown && room.Subscriptions?.Count >= room.Service.Options.MaxSubscriptions ? MucErrors.TooManySubscriptions : null;
    }

    private static bool IsTaken(Room room, Jid nick, Jid bare)
    {
        // In the room one may have the same nick more than once: here sessions do not count.
        if (room.TryGetOccupant(nick, out var occupant))
            return !occupant.RealBare.Equals(bare);
        return room.IsNickTaken(nick, bare);
    }

    private static void Unsubscribe(Room room, Stanza iq, Element request, Effects effects)
    {
        if (!TryTarget(room, iq, request, out var bare, out var refusal))
        {
            effects.Error(iq, refusal);
            return;
        }
        if (room.Subscriptions?.All.FirstOrDefault(s => s.Subject.Equals(bare)) is not { } record
            || !room.Jid.TryWithResource(record.Nick, out var nick))
        {
            effects.Result(iq, null); // it is as was wished
            return;
        }
        room.Unsubscribe(iq, bare, nick, effects);
    }

    /// <summary>Oneself; for the room's admins, anybody by jid or nick.</summary>
    private static bool TryTarget(Room room, Stanza iq, Element request, out Jid bare, out StanzaError refusal)
    {
        bare = iq.From!.Bare;
        refusal = MucErrors.NotAdmin;
        Jid? other = null;
        if (request["jid"] is { Length: > 0 } text)
        {
            if (!Jid.TryParse(text, out other) || !other.HasLocal)
            {
                refusal = StanzaError.JidMalformed;
                return false;
            }
        }
        else if (request.Name == "unsubscribe" && request["nick"] is { Length: > 0 } nick)
        {
            other = room.Jid.TryWithResource(nick, out var occupant) ? room.Subscriptions?.OwnerOf(occupant) : null;
            if (other is null)
            {
                refusal = StanzaError.ItemNotFound;
                return room.AffiliationOf(bare) < Affiliation.Admin && Deny(out refusal);
            }
        }
        if (other is null || other.Bare.Equals(bare))
            return true;
        if (room.AffiliationOf(bare) < Affiliation.Admin)
            return false;
        bare = other.Bare;
        return true;

        static bool Deny(out StanzaError refusal)
        {
            refusal = MucErrors.NotAdmin;
            return false;
        }
    }

    /// <summary>All with addresses for those who see them; nicks alone for other subscribers and occupants.</summary>
    private static void List(Room room, Stanza iq, Effects effects)
    {
        var bare = iq.From!.Bare;
        room.TryGetSession(iq.From, out var session);
        var seesJids = room.SeesRealJids(session?.Occupant) || room.AffiliationOf(bare) >= Affiliation.Admin;
        if (room.AffiliationOf(bare) < Affiliation.Admin && session is null && room.Subscriptions?.Contains(bare) != true)
        {
            effects.Error(iq, MucErrors.NotAdmin);
            return;
        }
        var list = new Element("subscriptions", SubscriptionWords.Namespace);
        foreach (var record in room.Subscriptions?.All ?? [])
        {
            var entry = new Element("subscription", SubscriptionWords.Namespace).With("nick", record.Nick);
            if (seesJids || record.Subject.Equals(bare))
                entry = SubscriptionWords.Write(entry.With("jid", record.Subject.ToString()), record.Nodes);
            list.Add(entry);
        }
        effects.Result(iq, list);
    }
}
