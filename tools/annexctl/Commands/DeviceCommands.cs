using System.CommandLine;
using Annex.Contracts.Push.V1;
using static Annex.Ctl.CommandBuilding;

namespace Annex.Ctl.Commands;

/// <summary>annexctl devices</summary>
internal static class DeviceCommands
{
    private const string Push = "Push";

    public static Command Create()
    {
        var only = new Option<string>("--user") { Description = "Only this person's", HelpName = "jid" };
        var gone = new Option<bool>("--gone") { Description = "Also those that their network called dead" };
        var user = Word("user", "A bare JID");
        var id = Word("id", "The registration (annexctl devices list)");
        var title = new Option<string>("--title") { Description = "The notification's title", HelpName = "text", DefaultValueFactory = _ => "Annex" };
        var body = new Option<string>("--body") { Description = "Its text", HelpName = "text", DefaultValueFactory = _ => "A test by the operator" };
        return Group("devices", "Devices registered for push, what waits for them, and the networks behind them",
            Register(), Test(), Queue(), Queued(), Drop(), Endpoints(), RemoveEndpoint(), Erase(), Export(),
            List("list", "Registered devices", Push, "No device is registered.", [only, gone, GlobalOptions.Limit],
                (session, push) => Client(push).ListRegistrations(new ListRegistrationsRequest
                {
                    User = session.Text(only),
                    Limit = session.Get(GlobalOptions.Limit),
                    WithGone = session.Get(gone),
                }, session.Stream),
                ("User", r => r.User), ("Device", r => r.Device), ("Network", r => r.Provider), ("App", r => r.App),
                ("Registered", r => Output.Time(r.RegisteredAt)), ("Delivered", r => Output.Time(r.LastDeliveredAt)),
                ("Failures", r => $"{r.Failures}"), ("Last answer", r => r.LastAnswer),
                ("Rooms", r => r.Room.Length > 0 ? r.Room : r.Rooms), ("Gone", r => Output.Time(r.GoneAt)), ("Id", r => r.Id)),
            Do("remove", "Removes one registration", Push, [id],
                (session, push) => Client(push).RemoveRegistrationAsync(new RemoveRegistrationRequest { Id = session.Get(id) }, session.Call),
                (session, _) => $"{session.Get(id)} is removed."),
            Do("remove-user", "Removes all registrations of one person", Push, [user],
                (session, push) => Client(push).RemoveRegistrationsOfUserAsync(
                    new RemoveRegistrationsOfUserRequest { User = session.Get(user) }, session.Call),
                (_, answer) => $"{answer.Registrations} registrations are removed.", session => $"Remove all devices of {session.Get(user)}?"),
            Do("notify", "Sends a test notification to every device of one person", Push, [user, title, body],
                (session, push) => Client(push).NotifyAsync(new NotifyRequest
                {
                    User = session.Get(user),
                    Title = session.Text(title),
                    Body = session.Text(body),
                    Id = Guid.NewGuid().ToString(),
                }, session.Call), (_, answer) => $"On its way to {answer.Devices} devices."),
            List("networks", "The push networks and how they do", Push, "No network is configured.", [],
                (session, push) => Client(push).ListProviders(new ListProvidersRequest(), session.Stream),
                ("Network", p => p.Name), ("Healthy", p => Output.YesNo(p.IsHealthy)), ("Delivered", p => $"{p.Delivered}"),
                ("Failed", p => $"{p.Failed}"), ("Waiting", p => $"{p.Queued}"), ("Problem", p => p.Problem)));
    }

    private static Command Register()
    {
        var user = Word("user", "A bare JID");
        var device = Word("device", "What the client calls itself; its earlier registration is replaced");
        var network = Word("network", "apns, fcm, webpush or unifiedpush");
        var token = Word("token", "The network's token or endpoint");
        var app = new Option<string>("--app") { Description = "The app, where the network has several", HelpName = "app" };
        var option = new Option<string[]>("--option") { Description = "As the client would send it; may be given again", HelpName = "name=value" };
        return Show("register", "Registers a device for a client that cannot, and shows what it has to enable", Push,
            [user, device, network, token, app, option],
            (session, push) =>
            {
                var request = new RegisterRequest
                {
                    User = session.Get(user),
                    Device = session.Get(device),
                    Provider = session.Get(network),
                    Token = session.Get(token),
                    App = session.Text(app),
                };
                foreach (var value in session.Get(option) ?? [])
                {
                    var at = value.IndexOf('=', StringComparison.Ordinal);
                    if (at < 1)
                        throw new CommandFailedException($"--option {value}: it has to be name=value", ExitCodes.Usage);
                    request.Options[value[..at]] = value[(at + 1)..];
                }
                return Client(push).RegisterAsync(request, session.Call);
            },
            r => [("Id", r.Id), ("JID", r.Jid), ("Node", r.Node), ("Secret", r.Secret)]);
    }

    private static Command Test()
    {
        var which = Word("which", "A bare JID, for all devices, or a registration's id");
        return List("test", "Pushes now, and shows what each network said", Push, "There is no device.", [which],
            (session, push) => Client(push).TestPush(session.Get(which).Contains('@', StringComparison.Ordinal)
                ? new TestPushRequest { User = session.Get(which) } : new TestPushRequest { Id = session.Get(which) }, session.Stream),
            ("User", r => r.Registration?.User ?? ""), ("Device", r => r.Registration?.Device ?? ""),
            ("Network", r => r.Registration?.Provider ?? ""), ("Delivered", r => Output.YesNo(r.IsDelivered)), ("Answer", r => r.Answer));
    }

    private static Command Queue() => Show("queue", "What waits, in numbers", Push, [],
        (session, push) => Client(push).GetQueueAsync(new GetQueueRequest(), session.Call),
        q => [("Waiting", $"{q.Waiting}"), ("Due", $"{q.Due}"), ("Being sent", $"{q.Sending}"), ("Tried before", $"{q.Retrying}"),
            ("Oldest due", Output.Time(q.OldestDueAt)), ("Next due", Output.Time(q.NextDueAt)), ("UnifiedPush messages kept", $"{q.MessagesKept}")]);

    private static Command Queued()
    {
        var user = new Option<string>("--user") { Description = "Only this person's", HelpName = "jid" };
        var network = new Option<string>("--network") { Description = "Only this network's", HelpName = "network" };
        return List("queued", "What waits, the next due first", Push, "Nothing waits.", [user, network, GlobalOptions.Limit],
            (session, push) => Client(push).ListQueued(new ListQueuedRequest
            {
                User = session.Text(user),
                Provider = session.Text(network),
                Limit = session.Get(GlobalOptions.Limit),
            }, session.Stream),
            ("User", q => q.User), ("Network", q => q.Provider), ("App", q => q.App), ("Urgency", q => q.Urgency), ("Attempts", q => $"{q.Attempts}"),
            ("Due", q => Output.Time(q.DueAt)), ("Expires", q => Output.Time(q.ExpiresAt)), ("Being sent", q => Output.YesNo(q.IsBeingSent)));
    }

    private static Command Drop()
    {
        var user = new Option<string>("--user") { Description = "This person's", HelpName = "jid" };
        var network = new Option<string>("--network") { Description = "This network's", HelpName = "network" };
        var id = new Option<string>("--id") { Description = "This registration's", HelpName = "id" };
        return Do("drop", "Forgets pushes that wait; registrations stand", Push, [user, network, id],
            (session, push) => Client(push).DropQueuedAsync(new DropQueuedRequest
            {
                User = session.Text(user),
                Provider = session.Text(network),
                RegistrationId = session.Text(id),
            }, session.Call), (_, answer) => $"{answer.Pushes} pushes are forgotten.", _ => "Forget pushes that wait?");
    }

    private static Command Endpoints()
    {
        var user = new Option<string>("--user") { Description = "Only this person's", HelpName = "jid" };
        return List("endpoints", "UnifiedPush endpoints of apps", Push, "There is no endpoint.", [user, GlobalOptions.Limit],
            (session, push) => Client(push).ListEndpoints(
                new ListEndpointsRequest { User = session.Text(user), Limit = session.Get(GlobalOptions.Limit) }, session.Stream),
            ("Id", e => $"{e.Id}"), ("User", e => e.User), ("App", e => e.Application), ("Instance", e => e.Instance),
            ("Waiting", e => $"{e.Waiting}"), ("Expires", e => Output.Time(e.ExpiresAt)));
    }

    private static Command RemoveEndpoint()
    {
        var id = new Argument<long>("id") { Description = "The endpoint (annexctl devices endpoints)" };
        return Do("remove-endpoint", "Removes a UnifiedPush endpoint", Push, [id],
            (session, push) => Client(push).RemoveEndpointAsync(new RemoveEndpointRequest { Id = session.Get(id) }, session.Call),
            (session, _) => $"Endpoint {session.Get(id)} is removed.");
    }

    private static Command Erase()
    {
        var user = Word("user", "A bare JID");
        return Do("erase-user", "Forgets all that push keeps of one person", Push, [user],
            (session, push) => Client(push).EraseUserAsync(new EraseUserRequest { User = session.Get(user) }, session.Call),
            (_, a) => $"{a.Registrations} registrations, {a.Endpoints} endpoints and {a.Waiting} pushes are gone.",
            session => $"Forget all that push keeps of {session.Get(user)}?");
    }

    private static Command Export()
    {
        var user = Word("user", "A bare JID");
        return CommandBuilding.Create("export", "All that push knows about a person, as JSON", [user], session => session.AskAsync(Push, async push =>
        {
            var answer = await Client(push).ExportUserAsync(new ExportUserRequest { User = session.Get(user) }, session.Call);
            await session.Parsed.InvocationConfiguration.Output.WriteLineAsync(answer.Json.ToStringUtf8());
            return true;
        }));
    }

    private static PushNotifications.PushNotificationsClient Client(Grpc.Core.CallInvoker push) => new(push);
}
