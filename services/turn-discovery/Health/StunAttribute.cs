namespace Annex.TurnDiscovery.Health;

/// <summary>Attributes that checks use (RFC 8489 §18.3, RFC 8656 §18).</summary>
public enum StunAttribute
{
    None = 0,
    Username = 0x0006,
    MessageIntegrity = 0x0008,
    ErrorCode = 0x0009,
    Lifetime = 0x000D,
    Realm = 0x0014,
    Nonce = 0x0015,
    XorRelayedAddress = 0x0016,
    RequestedTransport = 0x0019,
    XorMappedAddress = 0x0020,
}
