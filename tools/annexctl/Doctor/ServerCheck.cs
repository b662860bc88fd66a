using Annex.Contracts.Status.V1;
using Annex.Xmpp.Addressing;
using Grpc.Core;

namespace Annex.Ctl.Doctor;

/// <summary>What the XMPP server shows: whether modules of its own still do what Annex does, whether it delegates.</summary>
internal static class ServerCheck
{
    private const string Muc = "http://jabber.org/protocol/muc";
    private const string Upload = "urn:xmpp:http:upload:0";
    private const string ExternalServices = "urn:xmpp:extdisco:2";

    public static async Task RunAsync(Examination examination)
    {
        await LookAsync(examination);
        if (examination.Views.Count == 0)
        {
            if (examination.Configuration.Configured.Count > 0)
                examination.Warn("link", null, "The XMPP server could not be looked at, since no component is connected.", "Mend the link first.");
            return;
        }
        var before = examination.Findings.Count;
        foreach (var view in examination.Views.Values.SelectMany(v => v).GroupBy(v => v.Domain))
            Judge(examination, view.Key, [.. view]);
        if (examination.Findings.Count == before)
            examination.Good("twin", "The XMPP server has no module of its own for what Annex does");
        JudgeDelegation(examination);
    }

    public static IEnumerable<string> DomainsOf(Examination examination, string jid) =>
        examination.Configuration.Shared.LocalDomains is { Count: > 0 } named ? named
        : jid.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot ? [jid[(dot + 1)..]] : [];

    public static void Take(Examination examination, string service, LookAroundResponse response, DateTimeOffset begun)
    {
        var ended = DateTimeOffset.UtcNow;
        examination.Views[service] = [.. response.Domains];
        foreach (var view in response.Domains.Where(d => d.Time is not null))
        {
            // Anything between the question and the last answer is right.
            var time = view.Time.ToDateTimeOffset();
            examination.Clocks.Add(($"the XMPP server {view.Domain}",
                time < begun ? time - begun : time > ended ? time - ended : TimeSpan.Zero));
        }
    }

    private static async Task LookAsync(Examination examination)
    {
        // Two pairs of eyes are enough: TURN discovery's, which the server does not delegate to itself, and one other's.
        var answering = examination.Statuses.Where(s => s.Value.IsComponentConnected).Select(s => s.Key)
            .OrderBy(s => s != "TurnDiscovery").Take(2);
        foreach (var service in answering)
        {
            try
            {
                var begun = DateTimeOffset.UtcNow;
                var response = await new ServiceStatus.ServiceStatusClient(examination.Session.Find(service))
                    .LookAroundAsync(new LookAroundRequest(), ServiceCheck.Patience(examination.Session, 30));
                Take(examination, service, response, begun);
            }
            catch (RpcException e) when (!examination.CancellationToken.IsCancellationRequested)
            {
                examination.Warn("link", service, $"{service} could not look at the XMPP server: {e.Status.Detail}", "Run the doctor again in a moment.");
            }
        }
    }

    private static void Judge(Examination examination, string domain, IReadOnlyList<DomainView> views)
    {
        foreach (var view in views.Where(v => v.Error.Length > 0))
        {
            examination.Warn("host", null, $"{domain} does not answer disco#info to a component ({view.Error}).",
                "Correct LocalDomains, or Component:Jid of which it is taken: it has to be a domain of this XMPP server.");
        }
        var own = examination.Configuration.Configured
            .Select(s => Jid.TryParse(examination.OptionsOf(s).Component.Jid, out var jid) ? jid.ToString() : "").ToHashSet();
        foreach (var item in views.SelectMany(v => v.Items).DistinctBy(i => i.Jid).Where(i => !own.Contains(i.Jid)))
        {
            if (examination.IsConfigured("Muc") && item.Features.Contains(Muc) && item.Identities.Contains("conference/text"))
            {
                examination.Problem("twin", "Muc", $"{item.Jid} offers rooms beside Annex: clients use the first that they find.",
                    $"Take the server's own rooms out: Component \"{item.Jid}\" \"muc\" in Prosody, mod_muc in ejabberd; then reload the server.");
            }
            if (examination.IsConfigured("Upload") && item.Features.Contains(Upload))
            {
                examination.Problem("twin", "Upload", $"{item.Jid} offers file upload beside Annex: clients use the first that they find.",
                    $"Take the server's own upload out: Component \"{item.Jid}\" \"http_file_share\" (or \"http_upload\") in Prosody, "
                    + "mod_http_upload in ejabberd; then reload the server.");
            }
        }
        if (examination.IsConfigured("Upload") && views.Any(v => v.Features.Contains(Upload)))
        {
            examination.Problem("twin", "Upload", $"{domain} itself offers file upload beside Annex: clients use the first that they find.",
                "Take \"http_file_share\" and \"http_upload\" out of modules_enabled in Prosody; then reload the server.");
        }
        // One that does not delegate and advertises it nevertheless answers by itself, though perhaps not to a component.
        if (examination.IsConfigured("TurnDiscovery") && (views.Any(v => v.ExternalServices == "list")
            || (IsTold(examination) == false && views.Any(v => v.Features.Contains(ExternalServices)))))
        {
            examination.Problem("twin", "TurnDiscovery", $"{domain} gives out STUN and TURN servers by itself, beside Annex.",
                "Take the server's own module out: turn_external and external_services in Prosody, mod_stun_disco in ejabberd; then restart the server.");
        }
    }

    /// <summary>Whether the server said to the present connection that it delegates; null where there is none to ask.</summary>
    private static bool? IsTold(Examination examination) => examination.IsToldDelegation
        ?? (examination.Statuses.TryGetValue("TurnDiscovery", out var status) && status.IsComponentConnected
            && status.Figures.TryGetValue("delegations", out var domains) ? domains > 0 : null);

    private static void JudgeDelegation(Examination examination)
    {
        if (!examination.Connected.Contains("TurnDiscovery"))
            return;
        var jid = examination.OptionsOf("TurnDiscovery").Component.Jid;
        var views = examination.Views.GetValueOrDefault("TurnDiscovery") ?? examination.Views.Values.First();
        foreach (var view in views.Where(v => v.Error.Length == 0))
        {
            var isDelegated = IsTold(examination)
                ?? (view.Features.Contains(ExternalServices) && view.ExternalServices != "list");
            if (isDelegated)
            {
                examination.Good("delegation", $"{view.Domain} delegates {ExternalServices} to {jid}", "TurnDiscovery");
                continue;
            }
            examination.Problem("delegation", "TurnDiscovery", $"{view.Domain} does not delegate {ExternalServices} to {jid}: clients, who ask their "
                + "server, are told nothing of Annex's TURN servers.",
                $"Add delegations and the modules \"delegation\" and \"privilege\" to the VirtualHost and to Component \"{jid}\" in Prosody, or "
                + "mod_delegation with an access rule in ejabberd: deploy/prosody/annex.cfg.lua and deploy/ejabberd/annex.yml show it.");
        }
    }
}
