namespace Annex.TurnDiscovery.Health;

/// <summary>What one check of one service came to.</summary>
/// <param name="Problem">Null: it works.</param>
/// <param name="AcceptedSecret">Which of the secrets that may sign was accepted, 0 being the newest.</param>
public readonly record struct CheckResult(string? Problem, TimeSpan Latency, int AcceptedSecret = 0, bool IsSecretRefused = false)
{
    public static CheckResult Failed(string problem) => new(problem, TimeSpan.Zero);

    public static CheckResult SecretRefused(string problem) => new(problem, TimeSpan.Zero, 0, true);
}
