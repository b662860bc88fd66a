using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Annex.Push.Providers;
using Annex.Push.Providers.WebPush;
using Annex.Push.Registrations;
using Annex.Push.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Push.Handlers;

/// <summary>Registers devices, whatever dialect asks for it: who may, and whether the target can be pushed
/// to.</summary>
public sealed class Registrar(
    RegistrationStore registrations, BanTable bans, AppDirectory apps, EndpointPolicy policy, VapidKeys vapid,
        PushOptions options,
    IReadOnlySet<string> localDomains)
{
    /// <summary>Longest token, and longest other text that is kept of a client.</summary>
    private const int MaxTokenLength = 4096;
    private const int MaxNameLength = 512;

    /// <summary>May this address see and run the commands?</summary>
    public bool IsServed(Jid from) => from.HasLocal && (options.AllowRemoteUsers || localDomains.Contains(from.Domain));

    /// <summary>Why not, or null.</summary>
    public async Task<StanzaError?> CheckAsync(Jid from, CancellationToken cancellationToken)
    {
        if (!IsServed(from)) return PushErrors.NotLocal;
        return await bans.IsBannedAsync(from.Bare.ToString(), from.Domain, cancellationToken) ? PushErrors.Banned
            : null;
    }

    public async Task<(NewRegistration Registration, StanzaError? Error)> RegisterAsync(DeviceForm form, Jid from,
        CancellationToken cancellationToken)
    {
        if (await CheckAsync(from, cancellationToken) is { } refused) return (default, refused);
        if (!TryRead(form, from.Bare.ToString(), out var request, out var error)) return (default, error);
        try
        {
            return (await registrations.RegisterAsync(request, cancellationToken), null);
        }
        catch (TooManyDevicesException)
        {
            return (default, PushErrors.TooManyDevices);
        }
    }

    internal bool TryRead(DeviceForm form, string owner, [NotNullWhen(true)] out RegistrationRequest? request,
        [NotNullWhen(false)] out StanzaError? error)
    {
        request = null;
        var isEndpoint = form.Provider is "webpush" or "unifiedpush";
        var what = isEndpoint ? "endpoint" : "token";
        if (string.IsNullOrEmpty(form.Address))
            error = PushErrors.Field(what, "is missing");
        else if (form.Address.Length > MaxTokenLength || !IsPrintable(form.Address))
            error = PushErrors.Field(what, "is too long or holds characters that no such token has");
        else if (form.Provider == "apns" && !form.Address.All(char.IsAsciiHexDigit))
            error = PushErrors.Field(what, "is no device token: hexadecimal digits are expected");
        else if (isEndpoint && !policy.TryParse(form.Address, out _))
            error = PushErrors.EndpointNotAllowed;
        else if (form.Device is { Length: > MaxNameLength } || (!isEndpoint && string.IsNullOrEmpty(form.Device)))
            error = PushErrors.Field("device-id", "is missing or too long");
        else if (form.Room is not null && !Jid.TryParse(form.Room, out _))
            error = PushErrors.Field("muc", "is no address");
        else
            error = null;
        if (error is not null) return false;
        if (!TryReadKeys(form, out var receiver, out var auth, out error)) return false;
        if (!TryFindApp(form, out var app, out error)) return false;
        request = new RegistrationRequest(owner, form.Provider,
            string.IsNullOrEmpty(form.Device) ? "web" : form.Device, new PushTarget(form.Address!, receiver, auth))
        {
            App = app,
            Room = form.Room is null ? null : Jid.Parse(form.Room).Bare.ToString(),
            Rooms = form.Rooms,
            WantsSender = form.WantsSender,
            WantsBody = form.WantsBody,
            HasNoSecret = form.HasNoSecret,
        };
        return true;
    }

    private bool TryFindApp(DeviceForm form, out string? app, [NotNullWhen(false)] out StanzaError? error)
    {
        error = null;
        app = null;
        if (form.Provider == "unifiedpush") return true;
        if (form.Provider == "webpush")
        {
            // Browsers bind a subscription to the key: the page says which it used, the newest is meant otherwise.
            app = form.App ?? vapid.Newest.PublicKey;
            if (vapid.Has(app)) return true;
            error = PushErrors.Field("application-server-key", "is not a key of this service");
            return false;
        }
        var found = form.App is null ? apps.OnlyOf(form.Provider) : apps.Find(form.App);
        app = found?.Provider == form.Provider ? found.Name : null;
        if (app is null) error = PushErrors.NoSuchApp;
        return app is not null;
    }

    private static bool TryReadKeys(DeviceForm form, out byte[]? receiver, out byte[]? auth,
        [NotNullWhen(false)] out StanzaError? error)
    {
        receiver = ReadBase64Url(form.ReceiverKey);
        auth = ReadBase64Url(form.AuthSecret);
        error = null;
        var hasNone = form.ReceiverKey is null && form.AuthSecret is null;
        if (form.Provider is "apns" or "fcm" || (form.Provider == "unifiedpush" && hasNone)) return true;
        if (WebPushEncryption.AreKeysValid(receiver, auth)) return true;
        error = PushErrors.Field("p256dh and auth", "are no keys of a subscription");
        return false;
    }

    private static byte[]? ReadBase64Url(string? text)
    {
        if (text is not { Length: > 0 and <= 200 }) return null;
        // Browsers write base64url, some libraries base64 with its padding.
        var plain = Encoding.ASCII.GetBytes(text.Trim().TrimEnd('=').Replace('+', '-').Replace('/', '_'));
        var bytes = new byte[plain.Length];
        return Base64Url.DecodeFromUtf8(plain, bytes, out _, out var length) == System.Buffers.OperationStatus.Done
            ? bytes[..length] : null;
    }

    private static bool IsPrintable(string text) => text.All(c => c is > ' ' and < (char)0x7f);
}
