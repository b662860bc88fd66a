using System.Globalization;
using Annex.TurnDiscovery.Credentials;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Extensions.Forms;

namespace Annex.TurnDiscovery.Handlers;

/// <summary>Shows the operators how their servers are (XEP-0050).</summary>
public sealed class HealthCommand(ServiceDesk desk, IReadOnlySet<Jid> admins)
{
    public const string Node = "urn:annex:turn:health";

    public Command Command => new(Node, "Health of STUN and TURN servers",
        request => admins.Contains(request.From.Bare), (_, _) => Task.FromResult(CommandStep.Done(Table())));

    private DataForm Table()
    {
        var form = new DataForm(FormType.Result, Node) { Title = "STUN and TURN servers" };
        form.Reported.AddRange(
        [
            Field.TextSingle("service", null, "Service"), Field.TextSingle("state", null, "State"),
            Field.TextSingle("latency", null, "Milliseconds"), Field.TextSingle("checked", null, "Checked"),
            Field.TextSingle("problem", null, "Problem"),
        ]);
        foreach (var service in desk.Services)
        {
            var health = service.Health;
            form.AddItem(
                Field.TextSingle("service", service.Title),
                Field.TextSingle("state", StateOf(service)),
                Field.TextSingle("latency", health.CheckedAt is null || health.Problem is not null
                    ? "" : health.Latency.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture)),
                Field.TextSingle("checked", health.CheckedAt is { } at ? XmppDateTime.Format(at) : ""),
                Field.TextSingle("problem", health.Problem ?? ""));
        }
        return form;
    }

    private static string StateOf(ExternalService service) =>
        !service.IsChecked ? "not checked" : service.Health.CheckedAt is null ? "not checked yet"
        : service.Health.IsHealthy ? "up" : "down";
}
