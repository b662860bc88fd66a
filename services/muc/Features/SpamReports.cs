using Annex.Muc.Rooms;
using Annex.Xmpp.Stanzas;

namespace Annex.Muc.Features;

/// <summary>
/// XEP-0377 0.4: reports of occupants reach the room's admins and owners. Reports come inside a block request, which a
/// client sends to the room instead of to its own server, or in a message in which somebody's server passes them on.
/// Nothing is blocked here: whom a client does not want to see is that client's business.
/// </summary>
internal sealed class SpamReports : IRoomFeature
{
    public bool TryIq(Room room, Stanza iq, Effects effects)
    {
        if (iq.Type != StanzaType.Set || !Room.IsPayload(iq, "block"u8, "urn:xmpp:blocking"u8))
            return false;
        var reports = new List<SpamReport>();
        foreach (var item in iq.FirstChild!.ChildrenNamed("item"))
        {
            if (item.Child("report", SpamReport.Namespace) is not { } element)
                continue;
            if (SpamReport.Read(element, item["jid"], room.Service.Options.MaxTextLength, out var report) is { } problem)
            {
                effects.Error(iq, problem);
                return true;
            }
            reports.Add(report!);
        }
        if (reports.Count == 0)
            return false;
        var refusal = room.Report(iq.From!, reports, effects);
        if (refusal is null)
            effects.Result(iq, null);
        else
            effects.Error(iq, refusal);
        return true;
    }

    public bool TryMessage(Room room, Stanza message, Effects effects)
    {
        if (message.Child("report", SpamReport.Namespace) is not { } element)
            return false;
        var refusal = SpamReport.Read(element, null, room.Service.Options.MaxTextLength, out var report)
            ?? room.Report(message.From!, [report!], effects);
        if (refusal is not null)
            effects.Error(message, refusal with { By = room.Jid.ToString() });
        return true;
    }

    public void Describe(Room room, RoomDescription description) => description.Features.Add(SpamReport.Namespace);
}
