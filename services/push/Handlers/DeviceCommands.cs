using System.Globalization;
using Annex.Push.Delivery;
using Annex.Push.Providers;
using Annex.Push.Registrations;
using Annex.Push.Storage;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Extensions.Commands;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Extensions.Forms;

namespace Annex.Push.Handlers;

/// <summary>Ad-hoc commands of users: register and end devices, see them, try them.</summary>
public sealed class DeviceCommands(
    Registrar registrar, RegistrationStore registrations, DeviceTest test, AppDirectory apps, VapidKeys vapid,
        PushOptions options,
    TimeProvider time)
{
    private readonly RateLimiter _tests = new(options.MaxTestsPerMinute, TimeSpan.FromMinutes(1), time);

    public void AddTo(CommandTable table, Jid service)
    {
        foreach (var (provider, name, isServed) in new[]
            {
                ("fcm", "FCM", apps.Has("fcm")), ("apns", "APNs", apps.Has("apns")),
                    ("webpush", "Web Push", options.WebPush.Enabled),
                ("unifiedpush", "UnifiedPush", true),
            })
        {
            if (!isServed) continue;
            table.Add(new Command($"register-push-{provider}", $"Register for {name}", IsAllowed,
                    (request, token) => RegisterAsync(provider, service, request, token)))
                .Add(new Command($"unregister-push-{provider}", $"Unregister from {name}", IsAllowed,
                    (request, token) => UnregisterAsync(provider, request, token)));
        }
        table.Add(new Command("my-devices", "My devices", IsAllowed, ListAsync))
            .Add(new Command("test-my-push", "Test my push", IsAllowed, TestAsync));
    }

    private bool IsAllowed(CommandRequest request) => registrar.IsServed(request.From);

    private async Task<CommandStep> RegisterAsync(string provider, Jid service, CommandRequest request,
        CancellationToken cancellationToken)
    {
        if (request.Payload is not { } sent)
            return CommandStep.Ask(Form(provider), (next, token) => RegisterAsync(provider, service, next, token));
        var (registration, error) =
            await registrar.RegisterAsync(DeviceForm.Read(provider, sent), request.From, cancellationToken);
        if (error is not null) return CommandStep.Refused(error);
        return CommandStep.Done(new DataForm(FormType.Result)
            .Add(Field.JidSingle("jid", service))
            .Add(Field.TextSingle("node", registration.Node))
            .Add(Field.TextSingle("secret", registration.Secret)));
    }

    private async Task<CommandStep> UnregisterAsync(string provider, CommandRequest request,
        CancellationToken cancellationToken)
    {
        if (request.Payload is not { } sent)
        {
            var form = new DataForm(FormType.Form) { Title = "Unregister" };
            form.Add(Field.TextSingle("device-id", null, "The device's name, or"));
            form.Add(Field.TextSingle("node", null, "the node"));
            form.Add(Field.TextSingle("muc", null, "Only this room"));
            return CommandStep.Ask(form, (next, token) => UnregisterAsync(provider, next, token));
        }
        var (device, node) = (DeviceForm.DeviceOf(sent), sent["node"]?.Value);
        if (string.IsNullOrEmpty(device) && string.IsNullOrEmpty(node))
            return CommandStep.Refused(PushErrors.Field("device-id", "is missing"));
        var room = DeviceForm.RoomOf(sent) is { } text && Jid.TryParse(text, out var jid) ? jid.Bare.ToString() : null;
        var count = await registrations.UnregisterAsync(
            request.From.Bare.ToString(), provider, NullIfEmpty(device), room, NullIfEmpty(node), cancellationToken);
        return count == 0 ? CommandStep.Refused(PushErrors.NoSuchDevice) : CommandStep.Done("Unregistered.");
    }

    private async Task<CommandStep> ListAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var rows = await registrations.ListAsync(request.From.Bare.ToString(), cancellationToken);
        if (rows.Count == 0) return CommandStep.Done("No device of yours is registered.");
        var form = new DataForm(FormType.Result) { Title = "My devices" };
        foreach (var (name, label) in new[]
            {
                ("node", "Node"), ("device-id", "Device"), ("provider", "Network"), ("app", "App"), ("muc", "Room"),
                    ("rooms", "Rooms"),
                ("registered", "Registered"), ("delivered", "Last push"), ("answer", "The network's last answer"),
            })
        {
            form.Reported.Add(new Field(name, FieldType.TextSingle) { Label = label });
        }
        foreach (var row in rows)
        {
            form.AddItem(
                new Field("node", null, row.Node), new Field("device-id", null, row.Device),
                    new Field("provider", null, row.Provider),
                new Field("app", null, row.Provider == "webpush" ? "" : row.App ?? ""),
                    new Field("muc", null, row.Room ?? ""),
                new Field("rooms", null, RoomsWord(row.Rooms)),
                new Field("registered", null, XmppDateTime.Format(row.RegisteredAt)),
                new Field("delivered", null, row.LastDeliveredAt is { } at ? XmppDateTime.Format(at) : ""),
                new Field("answer", null, row.LastOutcome ?? ""));
        }
        return CommandStep.Done(form);
    }

    private async Task<CommandStep> TestAsync(CommandRequest request, CancellationToken cancellationToken)
    {
        var owner = request.From.Bare.ToString();
        var rows = await registrations.ListAsync(owner, cancellationToken);
        if (rows.Count == 0) return CommandStep.Done("No device of yours is registered.");
        if (!_tests.TryTake(owner)) return CommandStep.Refused(PushErrors.TooFast);
        // All at once: each waits for its network's word.
        var outcomes = await Task.WhenAll(rows.Select(row => TestAsync(row, cancellationToken)));
        var form = new DataForm(FormType.Result) { Title = "Test my push" };
        form.Reported.Add(new Field("device-id", FieldType.TextSingle) { Label = "Device" });
        form.Reported.Add(new Field("provider", FieldType.TextSingle) { Label = "Network" });
        form.Reported.Add(new Field("answer", FieldType.TextSingle) { Label = "Answer" });
        foreach (var (row, answer) in rows.Zip(outcomes))
            form.AddItem(new Field("device-id", null, row.Device), new Field("provider", null, row.Provider),
                new Field("answer", null, answer));
        return CommandStep.Done(form);
    }

    private async Task<string> TestAsync(RegistrationRow row, CancellationToken cancellationToken)
    {
        if (await registrations.FindAsync(row.Id, cancellationToken) is not { IsGone: false } registration)
            return "gone";
        var outcome = await test.PushAsync(registration, cancellationToken);
        return outcome?.Reason ?? "queued";
    }

    private DataForm Form(string provider)
    {
        var form = new DataForm(FormType.Form) { Title = "Register a device" };
        if (provider is "webpush" or "unifiedpush")
        {
            form.Add(Field.TextSingle("endpoint", null, "The subscription's endpoint").Require());
            form.Add(Field.TextSingle("p256dh", null, "Its key p256dh, base64url"));
            form.Add(Field.TextSingle("auth", null, "Its key auth, base64url"));
            if (provider == "webpush")
                form.Add(Field.TextSingle("application-server-key", vapid.Newest.PublicKey,
                    "The key to subscribe with"));
            form.Add(Field.TextSingle("device-id", null, "A name for this device, the same each time"));
        }
        else
        {
            form.Add(Field.TextSingle("token", null, "The device's token").Require());
            form.Add(Field.TextSingle("device-id", null, "A name for this device, the same each time").Require());
            form.Add(Field.TextSingle("app", apps.OnlyOf(provider)?.Name, "The app"));
            form.Add(Field.TextSingle("muc", null, "Only for this room"));
        }
        form.Add(Field.ListSingle("rooms", RoomsWord(RoomNotifications.None),
            "Messages of rooms that you are away from",
            new FieldOption("none", "None"), new FieldOption("mentions", "Those that name you"),
                new FieldOption("all", "All")));
        form.Add(Field.Bool("include-sender", false, "Send along who wrote, if the operator allows it"));
        form.Add(Field.Bool("include-body", false, "Send along the text, if the operator allows it"));
        return form;
    }

    internal static string RoomsWord(RoomNotifications rooms) => rooms.ToString().ToLower(CultureInfo.InvariantCulture);

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
