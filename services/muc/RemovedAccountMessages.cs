namespace Annex.Muc;

/// <summary>What becomes of the messages of an account that was removed.</summary>
public enum RemovedAccountMessages
{
    /// <summary>They stay, without name and address of who wrote them.</summary>
    Anonymise,

    /// <summary>They are taken back: a tombstone without name and address stays.</summary>
    Retract,
}
