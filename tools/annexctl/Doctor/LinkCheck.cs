using System.Net;
using System.Net.Sockets;
using Annex.Hosting.Operations;
using Annex.Xmpp.Extensions.Delegation;
using Annex.Xmpp.Routing;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Streams;

namespace Annex.Ctl.Doctor;

/// <summary>The component's link to the XMPP server: why it does not stand, and what cures it.</summary>
internal static class LinkCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    // Both servers tell of their delegations right behind the handshake.
    private static readonly TimeSpan DelegationPatience = TimeSpan.FromSeconds(2);

    /// <summary>A handshake as this service, a look around, and the end.</summary>
    /// <returns>LinkFault.None where it succeeded.</returns>
    public static async Task<(LinkFault Fault, string Detail)> ConnectAsync(
        Examination examination, string service, ComponentOptions options)
    {
        if (string.IsNullOrEmpty(options.Secret))
            return (LinkFault.WrongSecret, "no secret is configured");
        var delegated = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var router = new StanzaRouter();
        foreach (var ns in DelegationNode.Versions)
        {
            router.OnMessage(ns, "delegation", (in StanzaContext context) =>
            {
                if (context.Stanza.From is { HasLocal: false })
                    delegated.TrySetResult();
            });
        }
        var plain = new ComponentOptions { Host = options.Host, Port = options.Port, Jid = options.Jid, Secret = options.Secret };
        await using var connection = new ComponentConnection(plain, router);
        var first = new TaskCompletionSource<LinkReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.Changed += report => first.TrySetResult(report);
        connection.Start();
        LinkReport seen;
        try
        {
            seen = await first.Task.WaitAsync(Patience, examination.CancellationToken);
        }
        catch (TimeoutException)
        {
            return (LinkFault.Unreachable, "no answer");
        }
        if (seen.State != LinkState.Up)
            return (seen.Fault, seen.Detail ?? "");
        if (service == "TurnDiscovery")
        {
            await Task.WhenAny(delegated.Task, Task.Delay(DelegationPatience, examination.CancellationToken));
            examination.IsToldDelegation = delegated.Task.IsCompleted;
        }
        var begun = DateTimeOffset.UtcNow;
        var view = await ServerSurvey.AskAsync(connection, ServerCheck.DomainsOf(examination, options.Jid), examination.CancellationToken);
        ServerCheck.Take(examination, service, view, begun);
        return (LinkFault.None, "");
    }

    /// <param name="isOwn">The doctor tried by itself.</param>
    public static void Judge(Examination examination, string service, string jid, string host, int port, LinkFault fault,
        string detail, bool isOwn)
    {
        var keys = $"{service}:Component";
        var said = detail.Length > 0 ? $" ({detail})" : "";
        switch (fault)
        {
            case LinkFault.WrongSecret:
                examination.Problem("secret", service, $"The XMPP server refuses the secret of {jid}{said}.",
                    $"Make {keys}:Secret (or SecretFile) and the server's the same: component_secret of Component \"{jid}\" in Prosody, "
                    + $"password of \"{jid}\" below ejabberd_service in ejabberd. ejabberd says the same where it does not know the address: "
                    + $"compare {keys}:Jid too.");
                break;
            case LinkFault.UnknownHost:
                examination.Problem("host", service, $"The XMPP server does not know the component {jid}{said}.",
                    $"Correct {keys}:Jid, or add Component \"{jid}\" (Prosody) or a host \"{jid}\" below ejabberd_service (ejabberd) and reload the server.");
                break;
            case LinkFault.Unreachable when !IsKnownName(host):
                examination.Problem("host", service, $"The XMPP server's name {host} is not known{said}.", $"Correct {keys}:Host.");
                break;
            case LinkFault.Unreachable:
                examination.Problem("port", service, $"Nobody answers at the component port {host}:{port}{said}.",
                    $"Start the XMPP server; open its component port (Prosody: a Component block, component_ports and component_interfaces; "
                    + $"ejabberd: a listener with module ejabberd_service); or correct {keys}:Host and {keys}:Port.");
                break;
            case LinkFault.NotAComponentPort:
                examination.Problem("port", service, $"What listens on {host}:{port} is no component port{said}.",
                    $"Correct {keys}:Port: 5347 in the servers' documentation, not the port for clients (5222).");
                break;
            case LinkFault.Conflict when !isOwn:
                examination.Warn("link", service, $"{service} stands by: another connection holds {jid}.",
                    "Nothing, where that is another process of the service; else the address is one of the server's own domains: "
                    + $"correct {keys}:Jid.");
                break;
            case LinkFault.None:
                examination.Warn("link", service, $"{service} is not connected yet.", "Run the doctor again in a moment.");
                break;
            default:
                examination.Problem("link", service, $"{service} is not connected: {fault}{said}.",
                    "See the service's log and the XMPP server's; it comes back by itself where the network was the cause.");
                break;
        }
    }

    private static bool IsKnownName(string host)
    {
        try
        {
            return IPAddress.TryParse(host, out _) || Dns.GetHostAddresses(host).Length > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
