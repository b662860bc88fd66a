namespace Annex.Push.Registrations;

/// <summary>Where a device's pushes go: a token or an endpoint, with the subscription's keys for Web Push. A secret as
/// a whole.</summary>
/// <param name="Address">Device token or endpoint URL.</param>
/// <param name="ReceiverKey">p256dh, 65 bytes, or null.</param>
/// <param name="AuthSecret">auth, 16 bytes, or null.</param>
/// <param name="Authorization">urn:xmpp:push2:0: the value of the Authorization header that the user's server made, for
/// a body that it encrypted; else null.</param>
public sealed record PushTarget(string Address, byte[]? ReceiverKey = null, byte[]? AuthSecret = null,
    string? Authorization = null)
{
    public override string ToString() => nameof(PushTarget);
}
