using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>XEP-0045 §10.1, §10.2, §10.9: the configuration form, its submission and cancellation, and the room's
/// destruction.</summary>
internal sealed class OwnerRequests : IRoomFeature
{
    public bool TryIq(Room room, Stanza iq, Effects effects)
    {
        if (!Room.IsPayload(iq, "query"u8, "http://jabber.org/protocol/muc#owner"u8))
            return false;
        if (!Privileges.MayConfigure(room.AffiliationOf(iq.From!.Bare)))
            effects.Error(iq, MucErrors.NotOwner);
        else if (iq.Type == StanzaType.Get)
            effects.Result(iq, ConfigurationForm.Write(room, iq.From!.Bare));
        else
            Change(room, iq, iq.FirstChild!, effects);
        return true;
    }

    private static void Change(Room room, Stanza iq, Element query, Effects effects)
    {
        if (query.Child("destroy") is { } destroy)
        {
            Destroy(room, iq, destroy, effects);
            return;
        }
        if (query.Child("x", DataForm.Namespace) is not { } x || !DataForm.TryParse(x, out var form, out _))
        {
            effects.Error(iq, StanzaError.BadRequest);
            return;
        }
        switch (form.Type)
        {
            case FormType.Submit:
                Submit(room, iq, form, effects);
                break;
            case FormType.Cancel when room.IsLocked:
                // §10.1.3: cancelling the first configuration destroys the room.
                room.Destroy(new Destruction(iq.From!.Bare, null, null, null), iq, effects);
                break;
            case FormType.Cancel:
                effects.Result(iq, null); // §10.2: all stays as it was
                break;
            default:
                effects.Error(iq, StanzaError.BadRequest);
                break;
        }
    }

    private static void Submit(Room room, Stanza iq, DataForm form, Effects effects)
    {
        var submission = new ConfigurationForm(room, iq.From!.Bare);
        if (submission.Read(form) is { } refusal)
            effects.Error(iq, refusal);
        else
            room.Configure(submission.Configuration, submission.Entries, iq.From!, iq, effects);
    }

    private static void Destroy(Room room, Stanza iq, Element destroy, Effects effects)
    {
        Jid? alternate = null;
        if (destroy["jid"] is { Length: > 0 } named && !Jid.TryParse(named, out alternate))
        {
            effects.Error(iq, StanzaError.JidMalformed);
            return;
        }
        var reason = destroy.Child("reason")?.Text is { Length: > 0 } text ? text : null;
        var password = destroy.Child("password")?.Text is { Length: > 0 } secret ? secret : null;
        if (reason?.Length > room.Service.Options.MaxTextLength
            || password?.Length > room.Service.Options.MaxNameLength)
            effects.Error(iq, StanzaError.NotAcceptable);
        else
            room.Destroy(new Destruction(iq.From!.Bare, alternate, password, reason), iq, effects);
    }
}
