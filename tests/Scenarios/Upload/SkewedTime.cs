namespace Annex.Scenarios.Upload;

/// <summary>The system's clock, set forward by the test. Timers run as ever.</summary>
public sealed class SkewedTime : TimeProvider
{
    public TimeSpan Skew { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Skew;
}
