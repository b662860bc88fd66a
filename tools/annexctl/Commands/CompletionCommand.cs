using System.CommandLine;

namespace Annex.Ctl.Commands;

/// <summary>annexctl completion: a line for the shell's start file. The shell asks annexctl itself, so it knows every option.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _annexctl() {
          local line=${COMP_LINE#* } word=${COMP_WORDS[COMP_CWORD]} IFS=$'\n'
          [ "$line" != "$COMP_LINE" ] || line=''
          COMPREPLY=($(compgen -W "$("$1" "[suggest:$((COMP_POINT - ${#COMP_LINE} + ${#line}))]" "$line" 2>/dev/null)" -- "$word"))
        }
        complete -F _annexctl annexctl ./annexctl

        """;

    private const string Zsh = """
        _annexctl() {
          local line=${BUFFER#* }
          [ "$line" != "$BUFFER" ] || line=''
          compadd -- ${(f)"$($words[1] "[suggest:$((CURSOR - ${#BUFFER} + ${#line}))]" "$line" 2>/dev/null)"}
        }
        compdef _annexctl annexctl

        """;

    private const string Fish = """
        complete -c annexctl -f -a '(set -l line (commandline -cp | string replace -r "^\S+\s?" ""); annexctl "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null)'

        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Prints what a shell needs to complete annexctl: source <(annexctl completion bash)") { shell };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.Write(parsed.GetValue(shell) switch { "zsh" => Zsh, "fish" => Fish, _ => Bash });
            return ExitCodes.Good;
        });
        return command;
    }
}
