namespace Annex.Ctl;

/// <summary>The command ends with this sentence and this exit code.</summary>
internal sealed class CommandFailedException(string message, int exitCode) : Exception(message)
{
    public int ExitCode => exitCode;
}
