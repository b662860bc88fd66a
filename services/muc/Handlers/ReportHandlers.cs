using Annex.Muc.Rooms;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Handlers;

/// <summary>Reports (XEP-0377) that a server passes on to the service's own address, as its users block an occupant:
/// they go to the room that the reported address belongs to, else to the operators.</summary>
internal sealed class ReportHandlers(RoomDirectory directory)
{
    private readonly Lock _gate = new();
    private RateLimit _rate;

    public void Register(StanzaRouter router, StanzaHandler elsewhere)
    {
        router.OnMessage(SpamReport.Namespace, "report", (in context) =>
        {
            if (context.Stanza.To is { HasLocal: true } || context.Stanza.Type == StanzaType.Error)
                elsewhere(context);
            else
                Take(context);
        }, SpamReport.Namespace);
    }

    private void Take(in StanzaContext context)
    {
        var message = context.Stanza;
        if (message.From is not { HasLocal: false } server)
        {
            context.Error(StanzaError.Forbidden);
            return;
        }
        var refusal = SpamReport.Read(message.Child("report", SpamReport.Namespace)!, null, directory.Options.MaxTextLength, out var report);
        if (refusal is not null)
        {
            context.Error(refusal);
            return;
        }
        if (report!.Reported.DomainJid.Equals(directory.Service.Jid))
            directory.Post(report.Reported.Bare, new ReportCall(server, report));
        else if (directory.Service.LocalDomains.Contains(server.Domain) && TryTake())
            TellOperators(context, server, report);
        else
            context.Error(StanzaError.Forbidden);
    }

    private bool TryTake()
    {
        lock (_gate)
            return _rate.TryTake(directory.Service.Now.UtcTicks, directory.Options.ReportsPerMinute / 60.0, directory.Options.ReportBurst);
    }

    private void TellOperators(in StanzaContext context, Jid server, SpamReport report)
    {
        foreach (var admin in directory.Service.Admins)
        {
            var text = $"{server} passes on a report of {report.Reported} for {report.Word}." + (report.Text is null ? "" : $"\n{report.Text}");
            context.Connection.Send(new Element("message", Namespaces.Component).With("from", directory.Service.Jid.ToString())
                .With("to", admin.ToString()).Add("subject", $"Report: {report.Word}").Add("body", text)
                .Add(report.ToElement(directory.Service.Jid)));
        }
    }

    private sealed class ReportCall(Jid server, SpamReport report) : RoomCall
    {
        public override void Apply(Room room, Effects effects)
        {
            if (room.Exists && !room.IsLocked)
                room.Report(server, [report], effects);
        }
    }
}
