using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>XEP-0045 §7.8.2, §7.9, §9.5: mediated invitations and their declining.</summary>
internal sealed class Invitations : IRoomFeature
{
    public bool TryMessage(Room room, Stanza message, Effects effects)
    {
        if (message.Child("x", MucNamespaces.User) is not { } x)
            return false;
        var invites = x.ChildrenNamed("invite").ToList();
        if (invites.Count > 0)
            Invite(room, message, invites, effects);
        else if (x.Child("decline") is { } decline)
            Decline(room, message, decline, effects);
        else
            return false;
        return true;
    }

    private static void Invite(Room room, Stanza message, List<Element> invites, Effects effects)
    {
        var refusal = Check(room, message, invites, out var invited);
        if (refusal is not null)
        {
            effects.Error(message, refusal with { By = room.Jid.ToString() });
            return;
        }
        var inviter = message.From!;
        var joining = room.Configuration.IsMembersOnly
            ? invited.Select(i => i.To.Bare).Distinct().Where(to => room.AffiliationOf(to) == Affiliation.None)
                .Select(to => new AffiliationRecord(to, Affiliation.Member, null, null)).ToList()
            : []; // §9.5: never in an open room
        room.Persist(effects, message, [.. joining.Select(e => new AffiliationChange(e, inviter.Bare))], then =>
        {
            foreach (var entry in joining)
                room.Affiliations.Set(entry);
            foreach (var (to, element) in invited)
            {
                var next = element.Child("continue");
                var id = room.Relays.TryAdd(inviter, message, to, room.Jid, room.Service);
                room.SendInvitation(to, inviter, Text(element, "reason"), (next is not null, next?["thread"]), then, id);
            }
        });
    }

    private static StanzaError? Check(Room room, Stanza message, List<Element> invites,
        out List<(Jid To, Element Invite)> invited)
    {
        invited = [];
        if (!room.TryGetSession(message.From, out var session))
            return MucErrors.NotInRoom;
        if (!MayInvite(room, session.Occupant))
            return MucErrors.InvitationForbidden;
        if (invites.Count > 50)
            return StanzaError.NotAcceptable; // more at once than a person sends
        foreach (var invite in invites)
        {
            if (!Jid.TryParse(invite["to"], out var to))
                return StanzaError.JidMalformed;
            if (Text(invite, "reason")?.Length > room.Service.Options.MaxTextLength)
                return StanzaError.NotAcceptable;
            if (room.AffiliationOf(to.Bare) == Affiliation.Outcast)
                return StanzaError.NotAllowed.WithText("This person is banned from the room.");
            invited.Add((to, invite));
        }
        // Each of them is a message to somebody who is not here.
        foreach (var _ in invited)
        {
            if (!room.MaySend(session))
                return MucErrors.TooFast;
        }
        return null;
    }

    /// <summary>§5.1.1, §7.8.2: moderators always; in a members-only room members where it is configured; in an open
    /// room whoever has voice, where it is configured, since such an invitation gives no right.</summary>
    private static bool MayInvite(Room room, Occupant inviter)
    {
        if (inviter.Affiliation >= Affiliation.Admin)
            return true;
        if (room.Configuration.IsMembersOnly)
            return room.Configuration.MayInvite && inviter.Affiliation >= Affiliation.Member;
        return inviter.Role == Role.Moderator || room.Configuration.MayInvite || Privileges.HasVoice(inviter.Role);
    }

    private static void Decline(Room room, Stanza message, Element decline, Effects effects)
    {
        if (!Jid.TryParse(decline["to"], out var to))
        {
            effects.Error(message, StanzaError.JidMalformed with { By = room.Jid.ToString() });
            return;
        }
        // The inviter may have been named by occupant JID, or not at all.
        var receiver = to.Bare.Equals(room.Jid) && !to.IsBare
            ? room.TryGetOccupant(to, out var inviter) ? inviter.Primary.Jid : null
            : to;
        if (receiver is null || receiver.Equals(room.Jid) || !IsConnectedTo(room, receiver))
        {
            effects.Error(message, MucErrors.NoSuchOccupant with { By = room.Jid.ToString() });
            return;
        }
        var answer = new Element("decline", MucNamespaces.User).With("from", message.From!.Bare.ToString());
        if (Text(decline, "reason") is { } reason && reason.Length <= room.Service.Options.MaxTextLength)
            answer.Add("reason", reason);
        effects.Send(new Element("message", Namespaces.Component).With("from", room.Jid.ToString()).With("id",
            message.Id)
            .Add(new Element("x", MucNamespaces.User).Add(answer)), receiver);
    }

    // Else a room would carry messages from anybody to anybody.
    private static bool IsConnectedTo(Room room, Jid person) =>
        room.TryGetSession(person, out _) || room.NickOf(person.Bare) is not null
        || room.AffiliationOf(person.Bare) >= Affiliation.Member;

    private static string? Text(Element element, string child) => element.Child(child)?.Text is { Length: > 0 } text
        ? text : null;
}
