namespace Annex.Muc;

/// <summary>Who may create rooms.</summary>
public enum RoomCreators
{
    /// <summary>Users of the LocalDomains.</summary>
    Local,

    /// <summary>Everyone, federated users included.</summary>
    Anyone,

    /// <summary>The operators in Admins alone.</summary>
    Admins,
}
