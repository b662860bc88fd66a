using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>XEP-0045 §7.13, §8.6: a visitor asks for voice, the moderators get a form, one of them submits it.</summary>
internal sealed class VoiceRequests : IRoomFeature
{
    public bool TryMessage(Room room, Stanza message, Effects effects)
    {
        if (message.Child("x", MucNamespaces.DataForm) is not { } form || form["type"] != "submit")
            return false;
        var fields = Forms.Read(form);
        if (fields.First("FORM_TYPE") != MucNamespaces.Request)
            return false;
        if (!room.TryGetSession(message.From, out var session))
        {
            effects.Error(message, MucErrors.NotInRoom with { By = room.Jid.ToString() });
            return true;
        }
        if (fields.ContainsKey("muc#request_allow"))
            Decide(room, message, session, fields, effects);
        else
            Ask(room, message, session, fields, effects);
        return true;
    }

    private static void Ask(Room room, Stanza message, Session session, Dictionary<string, IReadOnlyList<string>> fields,
        Effects effects)
    {
        var occupant = session.Occupant;
        if (!room.Configuration.AllowVoiceRequests)
        {
            effects.Error(message, StanzaError.NotAllowed with { By = room.Jid.ToString() });
            return;
        }
        if (occupant.Role != Role.Visitor || fields.First("muc#role") is not ("participant" or null))
        {
            effects.Error(message, StanzaError.BadRequest with { By = room.Jid.ToString() });
            return;
        }
        if (!session.Rate.TryTake(room.Service.Now.UtcTicks, room.Service.Options.MessagesPerSecond, room.Service.Options.MessageBurst))
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
        var form = new Element("x", MucNamespaces.DataForm).With("type", "form");
        form.Add("title", "Voice request");
        form.Add("instructions", "To approve this request for voice, select the checkbox and submit. To skip it, cancel.");
        form.Add(Forms.Field("FORM_TYPE", "hidden", null, [MucNamespaces.Request]));
        form.Add(Forms.Field("muc#role", "list-single", "Requested role", ["participant"])
            .Add(Forms.Option("Participant", "participant")));
        form.Add(Forms.Field("muc#jid", "jid-single", "User ID", [session.Jid.ToString()]));
        form.Add(Forms.Field("muc#roomnick", "text-single", "Room Nickname", [session.Occupant.Nick]));
        form.Add(Forms.Field("muc#request_allow", "boolean", "Grant voice to this person?", ["false"]));
        return new Element("message", Namespaces.Component).With("from", room.Jid.ToString())
            .With("id", room.Service.NewId().ToString()).Add(form);
    }

    /// <summary>§8.6. From somebody who is no moderator it has no effect but the refusal.</summary>
    private static void Decide(Room room, Stanza message, Session session, Dictionary<string, IReadOnlyList<string>> fields,
        Effects effects)
    {
        if (!Privileges.MayChangeVoice(session.Occupant.Role))
        {
            effects.Error(message, MucErrors.NotModerator with { By = room.Jid.ToString() });
            return;
        }
        if (fields.First("muc#request_allow") is not ("1" or "true"))
            return;
        if (fields.First("muc#role") is not (null or "participant"))
        {
            effects.Error(message, StanzaError.BadRequest with { By = room.Jid.ToString() });
            return;
        }
        var asker = Find(room, fields);
        if (asker is null)
            effects.Error(message, MucErrors.NoSuchOccupant with { By = room.Jid.ToString() });
        else if (asker.Role == Role.Visitor)
            room.SetRole(asker, Role.Participant, session.Occupant.Nick, null, effects);
    }

    // The JID is the surer name: the nick may have changed since.
    private static Occupant? Find(Room room, Dictionary<string, IReadOnlyList<string>> fields)
    {
        if (Jid.TryParse(fields.First("muc#jid"), out var jid) && room.TryGetSession(jid, out var session))
            return session.Occupant;
        return fields.First("muc#jid") is null && fields.First("muc#roomnick") is { } nick && room.TryGetOccupant(nick, out var occupant)
            ? occupant
            : null;
    }
}
