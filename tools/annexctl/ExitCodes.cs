namespace Annex.Ctl;

/// <summary>What scripts may rely on (docs/annexctl.md).</summary>
internal static class ExitCodes
{
    public const int Good = 0;

    /// <summary>The service refused, or the doctor found something.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>The service cannot be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>There is no such room, file, event …</summary>
    public const int NotFound = 4;

    /// <summary>As shells have it for Ctrl-C.</summary>
    public const int Interrupted = 130;
}
