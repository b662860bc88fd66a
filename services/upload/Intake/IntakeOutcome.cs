namespace Annex.Upload.Intake;

/// <summary>What became of a complete blob.</summary>
public enum IntakeOutcome
{
    Stored,

    /// <summary>Another upload into the same slot was first, or the slot is gone.</summary>
    Lost,

    /// <summary>Its hash is on the block-list.</summary>
    Blocked,

    /// <summary>The scanner found something.</summary>
    Infected,
}
