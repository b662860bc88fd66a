using Annex.Contracts.Status.V1;
using Annex.Xmpp.Streams;
using Grpc.Core;

namespace Annex.Ctl.Doctor;

/// <summary>Does the service run, and does its component stand? One that does not answer is stood in for by a handshake of the
/// doctor's own, which is ended at once: ejabberd would give a second connection half of the stanzas.</summary>
internal static class ServiceCheck
{
    public static async Task RunAsync(Examination examination, string service)
    {
        var session = examination.Session;
        try
        {
            var before = DateTimeOffset.UtcNow;
            var status = await new ServiceStatus.ServiceStatusClient(session.Find(service))
                .GetStatusAsync(new GetStatusRequest(), Patience(session));
            var after = DateTimeOffset.UtcNow;
            examination.Statuses[service] = status;
            if (status.Now is { } now)
                examination.Clocks.Add(($"the service {service}", now.ToDateTimeOffset() - (before + ((after - before) / 2))));
            Judge(examination, service, status);
        }
        catch (RpcException e) when (!session.CancellationToken.IsCancellationRequested)
        {
            await StandInAsync(examination, service, session.Explain(service, e));
        }
        catch (CommandFailedException e)
        {
            examination.Problem("configuration", service, e.Message, $"Correct {service}:Rpc:Token.");
        }
    }

    private static void Judge(Examination examination, string service, GetStatusResponse status)
    {
        if (status.IsComponentConnected)
        {
            examination.Connected.Add(service);
            examination.Good("link", $"{service} runs, and {status.ComponentJid} is connected to {status.ComponentHost}:{status.ComponentPort}", service);
        }
        else
        {
            var fault = Enum.TryParse<LinkFault>(status.LinkFault, out var known) ? known : LinkFault.Internal;
            LinkCheck.Judge(examination, service, status.ComponentJid, status.ComponentHost, status.ComponentPort, fault, status.LinkDetail,
                isOwn: false);
        }
        foreach (var (name, problem) in status.Problems.Where(p => p.Key != $"{service}:component"))
        {
            var check = name.EndsWith(":database", StringComparison.Ordinal) ? "database" : name == "bus" ? "bus" : "service";
            if (status.IsReady)
                examination.Warn(check, service, $"{service} works, and says of {name}: {problem}", CureOf(name));
            else
                examination.Problem(check, service, $"{service} is not ready. {name}: {problem}", CureOf(name));
        }
    }

    private static string CureOf(string name) => name switch
    {
        "bus" => "Start RabbitMQ or correct Bus:RabbitMq; events wait in the database until then.",
        _ when name.EndsWith(":database", StringComparison.Ordinal) => "Start PostgreSQL or correct Database.",
        _ when name.EndsWith(":lease", StringComparison.Ordinal) =>
            "Nothing, where another process is the owner on purpose; else end that one: two processes have the same component address.",
        _ => "See the service's log.",
    };

    private static async Task StandInAsync(Examination examination, string service, CommandFailedException answer)
    {
        var options = examination.OptionsOf(service).Component;
        var test = await LinkCheck.ConnectAsync(examination, service, options);
        if (test.Fault == LinkFault.Conflict)
        {
            examination.Problem("service", service, $"{service} holds {options.Jid}, and does not answer calls: {answer.Message}",
                $"Point Peers:{service} at its Rpc:Listen, and give the same {service}:Rpc:Token.");
            return;
        }
        examination.Problem("service", service, $"{service} does not run, or does not answer: {answer.Message}",
            $"Start it (systemctl start annex@…, docker-compose up, ./run); its log says what stops it.");
        if (test.Fault == LinkFault.None)
        {
            examination.Connected.Add(service);
            examination.Good("link", $"The XMPP server would take {options.Jid} at {options.Host}:{options.Port}", service);
        }
        else
            LinkCheck.Judge(examination, service, options.Jid, options.Host, options.Port, test.Fault, test.Detail, isOwn: true);
    }

    public static CallOptions Patience(Session session, int seconds = 6) =>
        new(deadline: DateTime.UtcNow.AddSeconds(seconds), cancellationToken: session.CancellationToken);
}
