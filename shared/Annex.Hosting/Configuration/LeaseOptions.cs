using System.ComponentModel.DataAnnotations;

namespace Annex.Hosting.Configuration;

/// <summary>For services of which one process at a time may own the component's address (Muc).</summary>
public sealed class LeaseOptions : IValidatableObject
{
    /// <summary>How long a process that says nothing more stays the owner. A standby takes over after it.</summary>
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between renewals.</summary>
    public TimeSpan Renewal { get; set; } = TimeSpan.FromSeconds(2);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Renewal < TimeSpan.FromMilliseconds(50))
            yield return new("50 ms at least are needed", [nameof(Renewal)]);
        else if (Duration < Renewal * 3)
            yield return new($"three times the Renewal ({Renewal.TotalSeconds} s) at least is needed", [nameof(Duration)]);
    }
}
