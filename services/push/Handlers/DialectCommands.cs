using System.Security.Cryptography;
using System.Text;
using Annex.Push.Registrations;
using Annex.Push.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Forms;
using Annex.Xmpp.Stanzas;

namespace Annex.Push.Handlers;

/// <summary>The commands by which clients of other app servers register: v1-register-push (type, node, token) as Prosody's
/// mod_push_appserver has it, and register-device (provider, device-token) as Tigase's push component has it.</summary>
public sealed class DialectCommands(Registrar registrar, RegistrationStore registrations, AppDirectory apps)
{
    /// <summary>What APNs and FCM take; clients that encrypt for themselves ask for it.</summary>
    private const int MaxPayloadBytes = 4096;

    public void AddTo(CommandTable table, Jid service)
    {
        if (!apps.Has("apns") && !apps.Has("fcm")) return;
        table.Add(new Command("v1-register-push", "Register a device (type, node, token)", IsAllowed,
                (request, token) => RegisterByTypeAsync(service, request, token)))
            .Add(new Command("v1-unregister-push", "Unregister a device (type, node)", IsAllowed,
                UnregisterByTypeAsync))
            .Add(new Command("register-device", "Register a device (provider, device-token)", IsAllowed,
                RegisterByProviderAsync))
            .Add(new Command("unregister-device", "Unregister a device (provider, device-token)", IsAllowed,
                UnregisterByProviderAsync));
    }

    /// <summary>Ends the device with this token, which is the proof that the caller may.</summary>
    public async Task<bool> UnregisterAsync(string owner, string? provider, string token,
        CancellationToken cancellationToken) =>
        apps.ByClientName(provider) is { } app
        && await registrations.UnregisterAsync(owner, app.Provider, NameOf(token), null, null, cancellationToken) > 0;

    private bool IsAllowed(CommandRequest request) => registrar.IsServed(request.From);

    private async Task<CommandStep> RegisterByTypeAsync(Jid service, CommandRequest request,
        CancellationToken cancellationToken)
    {
        if (request.Payload is not { } sent)
        {
            var ask = new DataForm(FormType.Form) { Title = "Register a device" };
            ask.Add(Field.TextSingle("type", null, "apns or fcm").Require());
            ask.Add(Field.TextSingle("node", null, "A name for this device, the same each time").Require());
            ask.Add(Field.TextSingle("token", null, "The device's token").Require());
            return CommandStep.Ask(ask, (next, token) => RegisterByTypeAsync(service, next, token));
        }
        if (ProviderOf(sent) is not { } provider) return CommandStep.Refused(WrongType());
        var form = DeviceForm.Read(provider, sent) with { Device = Text(sent, "node") };
        var (made, error) = await registrar.RegisterAsync(form, request.From, cancellationToken);
        if (error is not null) return CommandStep.Refused(error);
        return CommandStep.Done(new DataForm(FormType.Result)
            .Add(Field.JidSingle("jid", service))
            .Add(Field.TextSingle("node", made.Node))
            .Add(Field.TextSingle("secret", made.Secret)));
    }

    private async Task<CommandStep> UnregisterByTypeAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        if (request.Payload is not { } sent)
        {
            var ask = new DataForm(FormType.Form) { Title = "Unregister a device" };
            ask.Add(Field.TextSingle("type", null, "apns or fcm").Require());
            ask.Add(Field.TextSingle("node", null, "The device's name").Require());
            return CommandStep.Ask(ask, UnregisterByTypeAsync);
        }
        if (ProviderOf(sent) is not { } provider) return CommandStep.Refused(WrongType());
        if (Text(sent, "node") is not { } device) return CommandStep.Refused(PushErrors.Field("node", "is missing"));
        var count = await registrations.UnregisterAsync(request.From.Bare.ToString(), provider, device, null, null,
            cancellationToken);
        return count == 0 ? CommandStep.Refused(PushErrors.NoSuchDevice) : CommandStep.Done("Unregistered.");
    }

    // This dialect has no secret: the node is all that a publish shows, and it is as hard to guess.
    private async Task<CommandStep> RegisterByProviderAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        if (request.Payload is not { } sent) return CommandStep.Ask(ProviderForm("Register a device"), RegisterByProviderAsync);
        if (apps.ByClientName(Text(sent, "provider")) is not { } app) return CommandStep.Refused(PushErrors.NoSuchApp);
        var token = Text(sent, "device-token");
        var form = new DeviceForm(app.Provider)
        {
            Address = token,
            App = app.Name,
            Device = token is null ? null : NameOf(token),
            HasNoSecret = true,
        };
        var (made, error) = await registrar.RegisterAsync(form, request.From, cancellationToken);
        if (error is not null) return CommandStep.Refused(error);
        return CommandStep.Done(new DataForm(FormType.Result)
            .Add(Field.TextSingle("node", made.Node))
            .Add(Field.TextSingle("max-payload-size",
                MaxPayloadBytes.ToString(System.Globalization.CultureInfo.InvariantCulture))));
    }

    private async Task<CommandStep> UnregisterByProviderAsync(CommandRequest request,
        CancellationToken cancellationToken)
    {
        if (request.Payload is not { } sent) return CommandStep.Ask(ProviderForm("Unregister a device"), UnregisterByProviderAsync);
        if (Text(sent, "device-token") is not { } token)
            return CommandStep.Refused(PushErrors.Field("device-token", "is missing"));
        return await UnregisterAsync(request.From.Bare.ToString(), Text(sent, "provider"), token, cancellationToken)
            ? CommandStep.Done("Unregistered.") : CommandStep.Refused(PushErrors.NoSuchDevice);
    }

    private static DataForm ProviderForm(string title)
    {
        var ask = new DataForm(FormType.Form) { Title = title };
        ask.Add(Field.TextSingle("provider", null, "The network").Require());
        ask.Add(Field.TextSingle("device-token", null, "The device's token").Require());
        return ask;
    }

    private static string? ProviderOf(DataForm form) => Text(form, "type") switch
    {
        "apns" => "apns",
        "fcm" or "gcm" => "fcm",
        _ => null,
    };

    /// <summary>The device's name where the client has only a token: part of its hash, since names are shown.</summary>
    private static string NameOf(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)).AsSpan(0, 8));

    private static StanzaError WrongType() => PushErrors.Field("type", "is neither apns nor fcm");

    private static string? Text(DataForm form, string name) =>
        form[name]?.Value?.Trim() is { Length: > 0 } text ? text : null;
}
