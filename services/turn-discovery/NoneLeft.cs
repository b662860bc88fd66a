namespace Annex.TurnDiscovery;

/// <summary>What is answered when every TURN server is down.</summary>
public enum NoneLeft
{
    /// <summary>service-unavailable.</summary>
    Error,

    /// <summary>What is left (STUN); service-unavailable when nothing is, or when TURN itself was asked for.</summary>
    StunOnly,
}
