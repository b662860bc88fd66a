using System.CommandLine;
using Annex.Ctl.Doctor;
using Spectre.Console;

namespace Annex.Ctl.Commands;

/// <summary>annexctl doctor</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor",
            "Looks for what is wrong, and says how to cure it; works whether or not the services run. Exit code 1 where it found a problem");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var session = new Session(parsed, cancellationToken);
            var examination = new Examination(session);
            await session.Output.WhileAsync("Looking", async say =>
            {
                await examination.RunAsync(say);
                return true;
            });
            Tell(session.Output, examination.Findings);
            return examination.Findings.Any(f => f.Severity == Severity.Problem) ? ExitCodes.Failed : ExitCodes.Good;
        });
        return command;
    }

    private static void Tell(Output output, IReadOnlyList<Finding> findings)
    {
        var problems = findings.Count(f => f.Severity == Severity.Problem);
        var warnings = findings.Count(f => f.Severity == Severity.Warning);
        if (output.IsJson)
        {
            output.Object(new
            {
                problems,
                warnings,
                findings = findings.Select(f => new
                {
                    severity = f.Severity.ToString().ToLowerInvariant(),
                    check = f.Check,
                    service = f.Service,
                    text = f.Text,
                    cure = f.Cure,
                }),
            });
            return;
        }
        foreach (var finding in findings.OrderBy(f => f.Severity))
        {
            var (mark, colour) = finding.Severity switch
            {
                Severity.Good => ("ok", "green"),
                Severity.Warning => ("warning", "yellow"),
                _ => ("problem", "red"),
            };
            output.Markup($"[{colour}]{mark,-8}[/] {finding.Text.EscapeMarkup()}");
            if (finding.Cure is not null)
                output.Markup($"         [bold]cure:[/] {finding.Cure.EscapeMarkup()}");
        }
        output.Markup(problems > 0 ? $"[red]{problems} problem{(problems == 1 ? "" : "s")}, {warnings} warning{(warnings == 1 ? "" : "s")}.[/]"
            : warnings > 0 ? $"[yellow]No problem, {warnings} warning{(warnings == 1 ? "" : "s")}.[/]" : "[green]All clear.[/]");
    }
}
