using Annex.Push.Registrations;
using Annex.Xmpp.Extensions.Forms;

namespace Annex.Push.Handlers;

/// <summary>What a client submitted to register a device, by the names of all dialects.</summary>
/// <param name="Provider">webpush, unifiedpush, apns or fcm.</param>
public sealed record DeviceForm(string Provider)
{
    /// <summary>Token or endpoint.</summary>
    public string? Address { get; init; }

    public string? Device { get; init; }

    public string? App { get; init; }

    public string? Room { get; init; }

    public string? ReceiverKey { get; init; }

    public string? AuthSecret { get; init; }

    public RoomNotifications Rooms { get; init; }

    public bool WantsSender { get; init; }

    public bool WantsBody { get; init; }

    /// <summary>The client's dialect has no secret.</summary>
    public bool HasNoSecret { get; init; }

    /// <summary>Reads a submitted form as it stands: existing clients send no FORM_TYPE and other names for the same
    /// thing.</summary>
    public static DeviceForm Read(string provider, DataForm form) => new(provider)
    {
        Address = provider is "webpush" or "unifiedpush" ? Text(form, "endpoint") : Text(form, "token"),
        Device = DeviceOf(form),
        App = Text(form, "app") ?? Text(form, "pushModule") ?? Text(form, "application-server-key"),
        Room = RoomOf(form),
        ReceiverKey = Text(form, "p256dh"),
        AuthSecret = Text(form, "auth"),
        Rooms = Text(form, "rooms") switch
        {
            "all" => RoomNotifications.All,
            "mentions" => RoomNotifications.Mentions,
            _ => RoomNotifications.None,
        },
        WantsSender = form["include-sender"]?.Boolean ?? false,
        WantsBody = form["include-body"]?.Boolean ?? false,
    };

    public static string? DeviceOf(DataForm form) => Text(form, "device-id") ?? Text(form, "android-id");

    /// <summary>Existing clients register a room with muc and end it with channel.</summary>
    public static string? RoomOf(DataForm form) => Text(form, "muc") ?? Text(form, "channel");

    private static string? Text(DataForm form, string name) =>
        form[name]?.Value?.Trim() is { Length: > 0 } text ? text : null;
}
