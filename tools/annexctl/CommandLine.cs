using System.CommandLine;
using System.CommandLine.Parsing;
using Annex.Ctl.Commands;
using Grpc.Core;

namespace Annex.Ctl;

/// <summary>The commands, and how their failures are told.</summary>
internal static class CommandLine
{
    public static RootCommand Root() => new("Runs and repairs Annex: rooms, files, devices, TURN, the index, bans, events, and a doctor.")
    {
        GlobalOptions.Json, GlobalOptions.Config, GlobalOptions.Set, GlobalOptions.Timeout,
        StatusCommand.Create(), DoctorCommand.Create(),
        RoomCommands.Create(), AffiliationCommands.Create(), OccupantCommands.Create(),
        FileCommands.Create(), DeviceCommands.Create(), TurnCommands.Create(), IndexCommands.Create(),
        BanCommands.Create(), AccountCommands.Create(), EventCommands.Create(), BackupCommands.Create(),
        CompletionCommand.Create(),
    };

    /// <param name="output">Null: standard output.</param>
    /// <param name="errors">Null: standard error.</param>
    public static async Task<int> RunAsync(string[] args, TextWriter? output = null, TextWriter? errors = null)
    {
        output ??= Console.Out;
        errors ??= Console.Error;
        var parsed = Root().Parse(args);
        // "[suggest:7]" asks for completions of a line that is not whole yet.
        var isDirective = args is [['[', ..], ..];
        if (parsed.Errors.Count > 0 && !isDirective && parsed.Action is not System.CommandLine.Help.HelpAction)
        {
            foreach (var error in parsed.Errors)
                await errors.WriteLineAsync($"annexctl: {error.Message}");
            await errors.WriteLineAsync($"Help: annexctl {Path(parsed.CommandResult)}--help");
            return ExitCodes.Usage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = output,
                Error = errors,
            });
        }
        catch (CommandFailedException e)
        {
            await errors.WriteLineAsync($"annexctl: {e.Message}");
            return e.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled)
        {
            return ExitCodes.Interrupted;
        }
        catch (RpcException e)
        {
            await errors.WriteLineAsync($"annexctl: {e.StatusCode}: {e.Status.Detail}");
            return ExitCodes.Failed;
        }
    }

    private static string Path(CommandResult command)
    {
        var words = new List<string>();
        for (SymbolResult? result = command; result is CommandResult { Command: not RootCommand } one; result = one.Parent)
            words.Insert(0, one.Command.Name + " ");
        return string.Concat(words);
    }
}
