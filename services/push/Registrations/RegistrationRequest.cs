namespace Annex.Push.Registrations;

/// <summary>What a client asks for when it registers a device, whatever dialect it speaks.</summary>
/// <param name="Owner">Bare JID of the one who asks.</param>
/// <param name="Provider">webpush, unifiedpush, apns or fcm.</param>
/// <param name="Device">The client's name for the device.</param>
/// <param name="Target">Where to.</param>
public sealed record RegistrationRequest(string Owner, string Provider, string Device, PushTarget Target)
{
    public string? App { get; init; }

    public string? Room { get; init; }

    public RoomNotifications Rooms { get; init; }

    public bool WantsSender { get; init; }

    public bool WantsBody { get; init; }

    /// <summary>The dialect has no secret: the node alone gives the right to publish.</summary>
    public bool HasNoSecret { get; init; }
}
