using Annex.TurnDiscovery.Credentials;
using Annex.Xmpp.Extensions.Delegation;
using Annex.Xmpp.Extensions.Disco;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;

namespace Annex.TurnDiscovery.Handlers;

/// <summary>XEP-0215 as it comes in: to the component's own address, and handed on by the server that delegates (XEP-0355).
/// In both cases the sender is checked here; no server does.</summary>
public sealed class ExtDiscoHandler(ServiceDesk desk, ServicePushes pushes, TurnMetrics metrics)
{
    public void Register(StanzaRouter router)
    {
        foreach (var ns in ExtDisco.Versions)
        {
            router.OnIq(StanzaType.Get, ns, "services", AnswerDirect, ns);
            router.OnIq(StanzaType.Get, ns, "credentials", AnswerDirect);
            router.OnIq(StanzaType.Set, ns, "services", Refuse);
            router.OnIq(StanzaType.Set, ns, "credentials", Refuse);
        }
        foreach (var ns in DelegationNode.Versions)
            router.OnIq(StanzaType.Set, ns, "delegation", AnswerDelegated);
    }

    /// <summary>What the server adds to its own features, or to those of its accounts, where it delegates to us.</summary>
    public static DiscoInfo? NodeInfo(string text)
    {
        if (!DelegationNode.TryParse(text, out var node) || !ExtDisco.IsVersion(node.Namespace))
            return null;
        var info = new DiscoInfo(text);
        info.Features.Add(node.Namespace);
        return info;
    }

    private static void Refuse(in StanzaContext context) => context.Error(TurnErrors.GetOnly);

    private void AnswerDirect(in StanzaContext context)
    {
        var stanza = context.Stanza;
        if (stanza.From is not { } from || stanza.FirstChild is not { } asked)
            return;
        StanzaError? error;
        if (stanza.To is { } to && (to.HasLocal || !to.IsBare))
            error = StanzaError.ServiceUnavailable;
        else
            error = desk.Refusal(from);
        var answer = error is null ? ExtDisco.Answer(desk, desk.RequesterOf(from), asked, out error) : null;
        metrics.Count(error);
        if (answer is null)
        {
            context.Error(error!);
            return;
        }
        context.Result(answer);
        if (asked.Name == "services")
            pushes.Remember(from, asked.Namespace, asked["type"]);
    }

    private void AnswerDelegated(in StanzaContext context)
    {
        var stanza = context.Stanza;
        // Only a server that we serve delegates. Anybody may send us such an element with a sender of their own invention.
        if (stanza.From is not { } server || server.HasLocal || !server.IsBare || !desk.IsServed(server.Domain))
        {
            metrics.Count(StanzaError.Forbidden);
            context.Error(StanzaError.Forbidden);
            return;
        }
        if (!DelegatedIq.TryRead(stanza.FirstChild, out var iq, out var error))
        {
            metrics.Count(error);
            context.Error(error);
            return;
        }
        var payload = AnswerInner(iq, server.Domain, out error);
        metrics.Count(error);
        context.Result(payload is null ? iq.Error(error!) : iq.Result(payload));
    }

    private Xmpp.Xml.Element? AnswerInner(DelegatedIq iq, string domain, out StanzaError? error)
    {
        error = desk.Refusal(iq.From);
        if (error is null && !IsForItself(iq, domain))
            error = TurnErrors.NotYourAccount;
        else if (error is null && !ExtDisco.IsVersion(iq.Payload.Namespace))
            error = StanzaError.ServiceUnavailable;
        else if (error is null && iq.Type != StanzaType.Get)
            error = TurnErrors.GetOnly;
        return error is null ? ExtDisco.Answer(desk, desk.RequesterOf(iq.From), iq.Payload, out error) : null;
    }

    /// <summary>The server's domain, nobody (a client's own server, on Prosody), or the sender's own account; another's account
    /// gets the same answer whether it exists or not.</summary>
    private static bool IsForItself(DelegatedIq iq, string domain)
    {
        if (iq.ToText is null)
            return true;
        return iq.To is { } to && to.IsBare && (to.HasLocal ? to.Equals(iq.From.Bare) : to.Domain == domain);
    }
}
