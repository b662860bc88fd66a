namespace Annex.TurnDiscovery.Health;

/// <summary>Requests (RFC 8489 §18.2, RFC 8656 §17).</summary>
public static class StunType
{
    public const ushort Binding = 0x0001;
    public const ushort Allocate = 0x0003;
    public const ushort Refresh = 0x0004;
}
