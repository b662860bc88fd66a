using System.Globalization;
using Annex.Contracts.Push.V1;
using Annex.Push.Delivery;
using Annex.Push.Handlers;
using Annex.Push.Providers;
using Annex.Push.Registrations;
using Annex.Push.Storage;
using Annex.Xmpp.Addressing;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using QueuedPush = Annex.Push.Delivery.QueuedPush;
using Registration = Annex.Contracts.Push.V1.Registration;

namespace Annex.Push.Rpc;

/// <summary>annex.push.v1 for operators, annexctl and the other services.</summary>
public sealed partial class PushNotificationsRpc(
    RegistrationStore registrations, EndpointStore endpoints, UserData data, QueueReport queue, DeviceTest test,
    Registrar registrar, PublishIntake intake, DeliveryWorker worker, DeliveryObserver observer,
    IDbContextFactory<PushDbContext> contexts, PushOptions options, ServiceAddress address, TimeProvider time)
    : PushNotifications.PushNotificationsBase
{
    private const int MaxListed = 100_000;

    public override async Task<NotifyResponse> Notify(NotifyRequest request, ServerCallContext context)
    {
        var user = Bare(request.User, "user");
        var about = request.About.Length == 0 ? null : Bare(request.About, "about");
        if (request.Id.Length > 0
            && !await IsNewAsync(request.Id, context.CancellationToken)) return new NotifyResponse();
        var rows = await registrations.ListAsync(user, context.CancellationToken);
        var devices = 0;
        foreach (var row in rows)
        {
            if (await registrations.FindAsync(row.Id,
                context.CancellationToken) is not { IsGone: false } device) continue;
            await intake.EnqueueAsync(new QueuedPush
            {
                Key = about is null ? device.Node : $"{device.Node}\n{about}",
                RegistrationId = device.Id,
                Provider = device.Provider,
                App = device.App,
                Payload = PushPayload.Create(device, about, Text(request.Title), Text(request.Body), options),
                Urgency = request.IsUrgent ? PushUrgency.High : PushUrgency.Normal,
                ExpiresAt = time.GetUtcNow() + options.Delivery.TimeToLive,
            }, context.CancellationToken);
            devices++;
        }
        return new NotifyResponse { Devices = devices };
    }

    public override async Task ListRegistrations(ListRegistrationsRequest request,
        IServerStreamWriter<Registration> responseStream,
        ServerCallContext context)
    {
        var user = request.User.Length == 0 ? null : Bare(request.User, "user");
        var (limit, withGone) = (Limit(request.Limit), request.WithGone);
        await using var db = await contexts.CreateDbContextAsync(context.CancellationToken);
        var rows = db.Registrations.AsNoTracking()
            .Where(r => (withGone || r.GoneAt == null) && (user == null || r.Owner == user))
            .OrderBy(r => r.Id).Take(limit).AsAsyncEnumerable();
        await foreach (var row in rows.WithCancellation(context.CancellationToken))
            await responseStream.WriteAsync(Describe(row));
    }

    public override async Task<RegisterResponse> Register(RegisterRequest request, ServerCallContext context)
    {
        if (request.Provider is not ("apns" or "fcm" or "webpush" or "unifiedpush"))
            throw Wrong("provider is none of those served");
        string? Option(string name) => request.Options.TryGetValue(name, out var value) && value.Length > 0 ? value
            : null;
        var form = new DeviceForm(request.Provider)
        {
            Address = request.Token,
            Device = Text(request.Device),
            App = Text(request.App),
            Room = Option("muc"),
            ReceiverKey = Option("p256dh"),
            AuthSecret = Option("auth"),
            Rooms = Option("rooms") switch
            {
                "all" => RoomNotifications.All,
                "mentions" => RoomNotifications.Mentions,
                _ => RoomNotifications.None,
            },
            WantsSender = Option("include-sender") is "true" or "1",
            WantsBody = Option("include-body") is "true" or "1",
        };
        if (!registrar.TryRead(form, Bare(request.User, "user"), out var read, out var error)) throw Wrong(error.Text
            ?? error.Condition);
        try
        {
            var made = await registrations.RegisterAsync(read, context.CancellationToken);
            return new RegisterResponse
            {
                Id = made.Node,
                Jid = address.Jid.ToString(),
                Node = made.Node,
                Secret = made.Secret,
            };
        }
        catch (TooManyDevicesException exception)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, exception.Message));
        }
    }

    public override async Task<RemoveRegistrationResponse> RemoveRegistration(RemoveRegistrationRequest request,
        ServerCallContext context) =>
        await registrations.RemoveNodeAsync(request.Id, context.CancellationToken)
            ? new RemoveRegistrationResponse()
                : throw new RpcException(new Status(StatusCode.NotFound, "there is no such registration"));

    public override async Task<RemoveRegistrationsOfUserResponse> RemoveRegistrationsOfUser(
        RemoveRegistrationsOfUserRequest request, ServerCallContext context) => new()
        {
            Registrations = await registrations.UnregisterAsync(
                Bare(request.User, "user"), null, null, null, null, context.CancellationToken),
        };

    public override async Task ListProviders(ListProvidersRequest request, IServerStreamWriter<Provider> responseStream,
        ServerCallContext context)
    {
        var queued = await queue.CountByProviderAsync(context.CancellationToken);
        foreach (var (name, problem) in worker.Providers)
        {
            var (delivered, failed) = observer.TallyOf(name);
            await responseStream.WriteAsync(new Provider
            {
                Name = name,
                IsHealthy = problem is null,
                Problem = problem ?? "",
                Delivered = delivered,
                Failed = failed,
                Queued = queued.GetValueOrDefault(name),
            });
        }
    }

    private async Task<bool> IsNewAsync(string id, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Database.ExecuteSqlAsync(
            $"insert into push.notified (id, at) values ({id}, {time.GetUtcNow()}) on conflict do nothing",
                cancellationToken) > 0;
    }

    private static Registration Describe(RegistrationRow row) => new()
    {
        Id = row.Node,
        User = row.Owner,
        Device = row.Device,
        Provider = row.Provider,
        App = row.App ?? "",
        RegisteredAt = row.RegisteredAt.ToTimestamp(),
        LastDeliveredAt = row.LastDeliveredAt?.ToTimestamp(),
        Failures = row.Failures,
        LastAnswer = row.LastOutcome ?? "",
        Room = row.Room ?? "",
        Rooms = DeviceCommands.RoomsWord(row.Rooms),
        GoneAt = row.GoneAt?.ToTimestamp(),
    };

    private static int Limit(int asked) => asked is > 0 and <= MaxListed ? asked : MaxListed;

    private static string Bare(string text, string name) =>
        Jid.TryParse(text, out var jid) ? jid.Bare.ToString()
            : throw Wrong(string.Create(CultureInfo.InvariantCulture, $"{name} is no JID"));

    private static string? Text(string text) => text.Length == 0 ? null : text;

    private static RpcException Wrong(string what) => new(new Status(StatusCode.InvalidArgument, what));
}
