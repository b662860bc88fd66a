using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>XEP-0045 §7.13, §8.6: a visitor asks for voice, the moderators get a form, one of them submits
/// it.</summary>
internal sealed class VoiceRequests : IRoomFeature
{
    public bool TryMessage(Room room, Stanza message, Effects effects)
    {
        if (message.Child("x", DataForm.Namespace) is not { } x || !DataForm.TryParse(x, out var form, out _)
            || form.Type != FormType.Submit || form.First("FORM_TYPE") != MucNamespaces.Request)
            return false;
        if (!room.TryGetSession(message.From, out var session))
        {
            effects.Error(message, MucErrors.NotInRoom with { By = room.Jid.ToString() });
            return true;
        }
        if (form["muc#request_allow"] is not null)
            Decide(room, message, session, form, effects);
        else
            Ask(room, message, session, form, effects);
        return true;
    }

    private static void Ask(Room room, Stanza message, Session session, DataForm form, Effects effects)
    {
        var occupant = session.Occupant;
        if (!room.Configuration.AllowVoiceRequests)
        {
            effects.Error(message, StanzaError.NotAllowed with { By = room.Jid.ToString() });
            return;
        }
        if (occupant.Role != Role.Visitor || form.First("muc#role") is not ("participant" or null))
        {
            effects.Error(message, StanzaError.BadRequest with { By = room.Jid.ToString() });
            return;
        }
        if (!session.Rate.TryTake(room.Service.Now.UtcTicks, room.Service.Options.MessagesPerSecond,
            room.Service.Options.MessageBurst))
        {
            effects.Error(message, MucErrors.TooFast with { By = room.Jid.ToString() });
            return;
        }
        foreach (var moderator in room.Occupants)
        {
            if (moderator.Role != Role.Moderator)
                continue;
            for (var i = 0; i < moderator.SessionCount; i++)
                effects.Send(Form(room, session), moderator.SessionAt(i).Jid);
        }
    }

    private static Element Form(Room room, Session session)
    {
        var form = new DataForm(FormType.Form, MucNamespaces.Request,
            Field.ListSingle("muc#role", "participant", "Requested role",
            new FieldOption("participant", "Participant")),
            Field.JidSingle("muc#jid", session.Jid, "User ID"),
            Field.TextSingle("muc#roomnick", session.Occupant.Nick, "Room Nickname"),
            Forms.Field("muc#request_allow", FieldType.Boolean, "Grant voice to this person?", "false"))
        {
            Title = "Voice request",
            Instructions = { "To approve this request for voice, select the checkbox and submit. To skip it, cancel." },
        };
        return new Element("message", Namespaces.Component).With("from", room.Jid.ToString())
            .With("id", room.Service.NewId().ToString()).Add(form.ToElement());
    }

    /// <summary>§8.6. From somebody who is no moderator it has no effect but the refusal.</summary>
    private static void Decide(Room room, Stanza message, Session session, DataForm form, Effects effects)
    {
        if (!Privileges.MayChangeVoice(session.Occupant.Role))
        {
            effects.Error(message, MucErrors.NotModerator with { By = room.Jid.ToString() });
            return;
        }
        if (form["muc#request_allow"]?.Boolean is not true)
            return;
        if (form.First("muc#role") is not (null or "participant"))
        {
            effects.Error(message, StanzaError.BadRequest with { By = room.Jid.ToString() });
            return;
        }
        var asker = Find(room, form);
        if (asker is null)
            effects.Error(message, MucErrors.NoSuchOccupant with { By = room.Jid.ToString() });
        else if (asker.Role == Role.Visitor)
            room.SetRole(asker, Role.Participant, session.Occupant.Nick, null, effects);
    }

    // The JID is the surer name: the nick may have changed since.
    private static Occupant? Find(Room room, DataForm form)
    {
        if (Jid.TryParse(form.First("muc#jid"), out var jid) && room.TryGetSession(jid, out var session))
            return session.Occupant;
        return form.First("muc#jid") is null && form.First("muc#roomnick") is { } nick
            && room.TryGetOccupant(nick, out var occupant)
            ? occupant
            : null;
    }
}
