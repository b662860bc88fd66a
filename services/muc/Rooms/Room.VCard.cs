using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Rooms;

/// <summary>A room's vCard and avatar (XEP-0054, XEP-0153, XEP-0486).</summary>
internal sealed partial class Room
{
    /// <summary>The vCard element as bytes, in jabber:component:accept; null: none.</summary>
    public byte[]? VCard { get; private set; }

    /// <summary>Takes a vCard that was found valid, and tells everybody.</summary>
    /// <param name="hashes">SHA-1 of each photo, with blanks between; empty: no avatar.</param>
    public void SetVCard(byte[]? vCard, string hashes, Stanza request, Effects effects)
    {
        var before = Configuration;
        var after = before with { AvatarHashes = hashes };
        var actor = request.From!.Bare;
        var changes = new List<RoomChange>();
        // Of a room that is not there yet nothing is stored: see FirstChanges.
        if (!IsLocked)
        {
            changes.Add(new VCardStored(vCard));
            changes.Add(new RoomStored(Record with { Configuration = after }));
            changes.Add(new AuditRecord(Service.Now, AuditActors.Of(actor, Service), AuditActions.Avatar, null, null, null));
        }
        Persist(effects, request, changes, then =>
        {
            VCard = vCard;
            Configuration = after;
            then.Result(request, null);
            if (before.AvatarHashes != hashes)
            {
                // XEP-0153 for clients that look at presence, before XEP-0486's 104 that sends others to disco#info.
                WriteAvatarPresence(then);
                then.Broadcast(StanzaKind.Presence, _list);
            }
            SayConfigurationChanged(then);
        });
    }

    /// <summary>Tells somebody who entered which avatar the room has; nothing where it has none.</summary>
    private void ShowAvatarTo(Session session, Effects effects)
    {
        if (Configuration.AvatarHashes.Length == 0)
            return;
        WriteAvatarPresence(effects);
        effects.Send(StanzaKind.Presence, session.Jid);
    }

    private void WriteAvatarPresence(Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<presence from='"u8);
        xml.Append(Jid.Escaped);
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'><x xmlns='vcard-temp:x:update'>"u8);
        if (Configuration.AvatarHashes.Length == 0)
            xml.Append("<photo/>"u8);
        else
            WriteText(xml, "photo"u8, Configuration.AvatarHashes.Split(' ')[0]); // XEP-0153 §3: exactly one
        xml.Append("</x></presence>"u8);
    }

    private void SayConfigurationChanged(Effects effects)
    {
        var xml = effects.BeginHead();
        xml.Append("<message type='groupchat' from='"u8);
        xml.Append(Jid.Escaped);
        xml.Append("' id='"u8);
        xml.Append(Service.NewId());
        xml.Append("' to='"u8);
        effects.BeginTail();
        xml.Append("'><x xmlns='http://jabber.org/protocol/muc#user'>"u8);
        WriteStatus(xml, 104);
        xml.Append("</x></message>"u8);
        effects.Broadcast(StanzaKind.Message, _list);
    }
}
