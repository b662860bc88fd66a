using System.Text.Json;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Rooms;

/// <summary>Reports of spam and abuse, to the room's admins and owners (XEP-0377).</summary>
internal sealed partial class Room
{
    private RateLimit _reportRate;

    /// <summary>Tells the admins and owners, whether they are here or not.</summary>
    /// <param name="reporter">Somebody who is here or has a standing here, or a server that passes on a report.</param>
    public StanzaError? Report(Jid reporter, IReadOnlyList<SpamReport> reports, Effects effects)
    {
        var isPerson = reporter.HasLocal;
        var mayReport = isPerson
            ? TryGetSession(reporter, out _) || AffiliationOf(reporter.Bare) >= Affiliation.Member
            : Service.LocalDomains.Contains(reporter.Domain) || HasOccupantOf(reporter);
        if (!mayReport || AffiliationOf(reporter.Bare) == Affiliation.Outcast)
            return MucErrors.NotInRoom;
        foreach (var report in reports)
        {
            if (!_reportRate.TryTake(Service.Now.UtcTicks, Service.Options.ReportsPerMinute / 60.0, Service.Options.ReportBurst))
                return MucErrors.TooFast;
            Deliver(reporter, report, effects);
        }
        return null;
    }

    private bool HasOccupantOf(Jid server)
    {
        foreach (var occupant in _occupants.Values)
        {
            if (occupant.RealBare.DomainJid.Equals(server))
                return true;
        }
        return false;
    }

    private void Deliver(Jid reporter, SpamReport report, Effects effects)
    {
        var real = RealOf(report.Reported);
        var message = new Element("message", Namespaces.Component).With("from", Jid.ToString())
            .With("id", Service.NewId().ToString()).Add("subject", $"Report: {report.Word}")
            .Add("body", Describe(reporter, report, real));
        message.Add(report.ToElement(Jid));
        var told = 0;
        foreach (var entry in Affiliations.All)
        {
            if (entry.Affiliation < Affiliation.Admin || ++told > Service.Options.MaxReportReceivers)
                continue;
            effects.Send(message.Clone(), entry.Subject);
        }
        Audit(effects, AuditActors.Of(reporter, Service), AuditActions.Report, (real ?? report.Reported.Bare).ToString(),
            report.Text, JsonSerializer.Serialize(new { reason = report.Reason, ids = report.Ids }));
    }

    private Jid? RealOf(Jid reported) =>
        !reported.Bare.Equals(Jid) ? reported.Bare : _occupants.TryGetValue(reported, out var occupant) ? occupant.RealBare : null;

    /// <summary>Admins may know who is who, so both names stand in it (§5.2.1).</summary>
    private string Describe(Jid reporter, SpamReport report, Jid? real)
    {
        var by = NickOf(reporter.Bare) is { } nick ? $"{nick} ({reporter.Bare})" : reporter.Bare.ToString();
        var whom = report.Reported.Bare.Equals(Jid)
            ? real is null ? report.Reported.Resource ?? "the room" : $"{report.Reported.Resource} ({real})"
            : report.Reported.Bare.ToString();
        var messages = report.Ids.Count == 0 ? "" : $"\nMessages: {string.Join(' ', report.Ids)}";
        return $"{by} reports {whom} for {report.Word} in {Jid}.{(report.Text is null ? "" : $"\n{report.Text}")}{messages}";
    }
}
