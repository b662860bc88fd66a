using System.ComponentModel.DataAnnotations;
using Annex.Xmpp.Addressing;

namespace Annex.Muc;

/// <summary>One real-time block list.</summary>
public sealed class BlockListOptions : IValidatableObject
{
    /// <summary>Address of the pubsub service.</summary>
    [Required]
    public string Service { get; set; } = "";

    /// <summary>The node on that service.</summary>
    [Required]
    public string Node { get; set; } = "muc_bans_sha256";

    /// <summary>Matches are counted and stand in the audit log, nobody is refused.</summary>
    public bool DryRun { get; set; }

    /// <summary>What those who are refused are told.</summary>
    [Required]
    public string Reason { get; set; } = "You are on a block list that this service follows.";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Jid.TryParse(Service, out _))
            yield return new ValidationResult("must be the address of a pubsub service", [nameof(Service)]);
    }
}
