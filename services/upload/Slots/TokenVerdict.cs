namespace Annex.Upload.Slots;

/// <summary>What a credential turned out to be.</summary>
public enum TokenVerdict
{
    Valid,

    /// <summary>None was given, or not of this kind: 401.</summary>
    Missing,

    /// <summary>Altered, or made for another path: 403.</summary>
    Foreign,

    /// <summary>It was right once: 403.</summary>
    Expired,
}
