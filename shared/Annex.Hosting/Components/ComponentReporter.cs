using Annex.Xmpp.Streams;
using Microsoft.Extensions.Logging;

namespace Annex.Hosting.Components;

/// <summary>Puts each change of a link's state into one line, with the configuration keys to correct.</summary>
internal sealed class ComponentReporter(string service, ComponentOptions options, ILogger logger)
{
    public void Report(LinkReport report)
    {
        var keys = string.Join(" or ", report.Options.Select(o => $"{service}:Component:{o}"));
        switch (report)
        {
            case { State: LinkState.Up }:
                Log.Up(logger, service, options.Host, options.Port);
                break;
            case { State: LinkState.Closed }:
                Log.Closed(logger, service);
                break;
            case { Fault: LinkFault.Unreachable }:
                Log.Unreachable(logger, service, options.Host, options.Port, report.Detail, keys);
                break;
            case { Fault: LinkFault.WrongSecret }:
                Log.WrongSecret(logger, service, report.Detail, keys, options.Jid);
                break;
            case { Fault: LinkFault.UnknownHost }:
                Log.UnknownHost(logger, service, options.Jid, report.Detail, keys);
                break;
            case { Fault: LinkFault.NotAComponentPort }:
                Log.NotAComponentPort(logger, service, options.Host, options.Port, report.Detail, keys);
                break;
            case { Fault: LinkFault.Conflict }:
                Log.Standby(logger, service, options.Jid, report.Detail, $"{service}:Component:{nameof(ComponentOptions.Jid)}");
                break;
            case { Fault: LinkFault.ProtocolViolation }:
                Log.Violation(logger, service, report.Detail);
                break;
            case { Fault: LinkFault.Rejected }:
                Log.Rejected(logger, service, report.Detail);
                break;
            case { Fault: LinkFault.Internal }:
                Log.Defect(logger, report.Exception, service);
                break;
            default:
                Log.Lost(logger, service, report.Detail);
                break;
        }
    }
}
