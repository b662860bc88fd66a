using System.ComponentModel.DataAnnotations;
using Annex.Hosting.Configuration;

namespace Annex.Hosting.Tests.Configuration;

internal sealed class ThingOptions
{
    [Range(1, 10)]
    public int Limit { get; set; } = 3;

    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(1);

    public IReadOnlyList<int> Numbers { get; set; } = [];

    public ThingColour Colour { get; set; }

    [Secret]
    public string? Secret { get; set; }

    public string? SecretFile { get; set; }

    public InnerOptions Inner { get; set; } = new();
}

internal enum ThingColour
{
    Red,
    Green,
}

internal sealed class InnerOptions : IValidatableObject
{
    public int Even { get; set; } = 2;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Even % 2 != 0)
            yield return new("an even number is needed", [nameof(Even)]);
    }
}
