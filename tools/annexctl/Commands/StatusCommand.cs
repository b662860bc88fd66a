using System.CommandLine;
using Annex.Contracts.Status.V1;
using Annex.Hosting.Configuration;
using Grpc.Core;
using Spectre.Console;

namespace Annex.Ctl.Commands;

internal static class StatusCommand
{
    public static Command Create()
    {
        var command = new Command("status", "Every service in a line; exit code 1 where one is not well");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var session = new Session(parsed, cancellationToken);
            return await ShowAsync(session);
        });
        return command;
    }

    private static async Task<int> ShowAsync(Session session)
    {
        var configured = session.Configuration.Configured;
        var names = configured.Count > 0 ? configured : DefaultPorts.Services;
        var rows = await Task.WhenAll(names.Select(name => AskAsync(session, name)));
        if (session.Output.IsJson)
        {
            session.Output.Object(rows.Select(r => new
            {
                service = r.Service,
                answers = r.Status is not null,
                isReady = r.Status?.IsReady ?? false,
                isConnected = r.Status?.IsComponentConnected ?? false,
                component = r.Status?.ComponentJid,
                version = r.Status?.Version,
                problems = r.Status?.Problems ?? [],
                error = r.Problem,
                figures = r.Status?.Figures ?? [],
            }));
        }
        else
        {
            var table = session.Output.NewTable(["Service", "Address", "Ready", "Connected", "Version", "Problems"]);
            foreach (var (service, status, problem) in rows)
            {
                table.AddRow(new Text(service), new Text(status?.ComponentJid ?? ""),
                    new Text(status is null ? "no answer" : Output.YesNo(status.IsReady)),
                    new Text(status is null ? "" : Output.YesNo(status.IsComponentConnected)),
                    new Text(status?.Version ?? ""), new Text(problem
                        ?? string.Join("; ", status!.Problems.Select(p => $"{p.Key}: {p.Value}"))));
            }
            session.Output.Write(table);
        }
        return Array.TrueForAll(rows, r => r.Status is null) ? ExitCodes.Unreachable
            : Array.TrueForAll(rows, r => r.Status is { IsReady: true }) ? ExitCodes.Good : ExitCodes.Failed;
    }

    private static async Task<(string Service, GetStatusResponse? Status, string? Problem)> AskAsync(Session session, string service)
    {
        try
        {
            return (service, await new ServiceStatus.ServiceStatusClient(session.Find(service))
                .GetStatusAsync(new GetStatusRequest(), session.Call), null);
        }
        catch (RpcException e) when (!session.CancellationToken.IsCancellationRequested)
        {
            return (service, null, session.Explain(service, e).Message);
        }
    }
}
