using System.Globalization;
using Annex.Contracts.Push.V1;
using Annex.Push.Delivery;
using Annex.Push.Providers;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;

namespace Annex.Push.Rpc;

/// <summary>What operators ask: tests, the queue, endpoints, and a user's data as a whole.</summary>
public sealed partial class PushNotificationsRpc
{
    private const int MaxQueuedListed = 10_000;

    public override async Task TestPush(TestPushRequest request, IServerStreamWriter<TestPushResult> responseStream,
        ServerCallContext context)
    {
        if (request.User.Length == 0 == (request.Id.Length == 0)) throw Wrong("either user or id is needed");
        var user = request.User.Length == 0 ? null : Bare(request.User, "user");
        await using var db = await contexts.CreateDbContextAsync(context.CancellationToken);
        var rows = await db.Registrations.AsNoTracking()
            .Where(r => r.GoneAt == null && (user == null ? r.Node == request.Id : r.Owner == user))
            .OrderBy(r => r.Id).Take(options.MaxDevicesPerUser).ToListAsync(context.CancellationToken);
        if (rows.Count == 0) throw new RpcException(new Status(StatusCode.NotFound, "there is no such device"));
        // All at once: each waits for its network's word.
        var tests = rows.Select(async row => (Row: row, Outcome: await TestAsync(row.Id, context.CancellationToken)));
        await foreach (var done in Task.WhenEach([.. tests]).WithCancellation(context.CancellationToken))
        {
            var (row, outcome) = await done;
            await responseStream.WriteAsync(new TestPushResult
            {
                Registration = Describe(row),
                IsDelivered = outcome is { Verdict: PushVerdict.Delivered },
                Answer = outcome?.Reason ?? "queued",
            });
        }
    }

    public override async Task<Contracts.Push.V1.Queue> GetQueue(GetQueueRequest request, ServerCallContext context)
    {
        var found = await queue.CountAsync(context.CancellationToken);
        return new Contracts.Push.V1.Queue
        {
            Waiting = found.Waiting,
            Due = found.Due,
            Sending = found.Sending,
            Retrying = found.Retrying,
            OldestDueAt = found.OldestDueAt?.ToTimestamp(),
            NextDueAt = found.NextDueAt?.ToTimestamp(),
            MessagesKept = found.Kept,
        };
    }

    public override async Task ListQueued(ListQueuedRequest request,
        IServerStreamWriter<Contracts.Push.V1.QueuedPush> responseStream, ServerCallContext context)
    {
        var user = request.User.Length == 0 ? null : Bare(request.User, "user");
        var now = time.GetUtcNow();
        var rows = await queue.ListAsync(user, Text(request.Provider), Math.Min(Limit(request.Limit), MaxQueuedListed),
            context.CancellationToken);
        foreach (var (push, node, owner) in rows)
        {
            await responseStream.WriteAsync(new Contracts.Push.V1.QueuedPush
            {
                RegistrationId = node ?? "",
                User = owner ?? "",
                Provider = push.Provider,
                App = push.App ?? "",
                Urgency = push.Urgency.ToString().ToLower(CultureInfo.InvariantCulture),
                Attempts = push.Attempts,
                DueAt = push.DueAt.ToTimestamp(),
                ExpiresAt = push.ExpiresAt.ToTimestamp(),
                IsBeingSent = push.ClaimedUntil > now,
            });
        }
    }

    public override async Task<DropQueuedResponse> DropQueued(DropQueuedRequest request, ServerCallContext context)
    {
        if (request.User.Length + request.Provider.Length + request.RegistrationId.Length == 0)
            throw Wrong("one of user, provider and registration_id is needed");
        var user = request.User.Length == 0 ? null : Bare(request.User, "user");
        return new DropQueuedResponse
        {
            Pushes = await queue.DropAsync(user, Text(request.Provider), Text(request.RegistrationId),
                context.CancellationToken),
        };
    }

    public override async Task ListEndpoints(ListEndpointsRequest request,
        IServerStreamWriter<Contracts.Push.V1.Endpoint> responseStream, ServerCallContext context)
    {
        var user = request.User.Length == 0 ? null : Bare(request.User, "user");
        foreach (var (endpoint, waiting) in await endpoints.ListAsync(user, Limit(request.Limit),
            context.CancellationToken))
        {
            await responseStream.WriteAsync(new Contracts.Push.V1.Endpoint
            {
                Id = endpoint.Id,
                User = endpoint.Owner,
                Application = endpoint.Application,
                Instance = endpoint.Instance,
                ExpiresAt = endpoint.ExpiresAt.ToTimestamp(),
                Waiting = waiting,
            });
        }
    }

    public override async Task<RemoveEndpointResponse> RemoveEndpoint(RemoveEndpointRequest request,
        ServerCallContext context) => await endpoints.RevokeAsync(request.Id, context.CancellationToken)
            ? new RemoveEndpointResponse()
            : throw new RpcException(new Status(StatusCode.NotFound, "there is no such endpoint"));

    public override async Task<EraseUserResponse> EraseUser(EraseUserRequest request, ServerCallContext context)
    {
        var user = Bare(request.User, "user");
        await using var db = await contexts.CreateDbContextAsync(context.CancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(context.CancellationToken);
        var removed = await data.RemoveAsync(db, user, context.CancellationToken);
        await transaction.CommitAsync(context.CancellationToken);
        data.Forget(user, removed);
        return new EraseUserResponse
        {
            Registrations = removed.Nodes.Count,
            Endpoints = removed.Endpoints,
            Waiting = removed.Waiting,
        };
    }

    public override async Task<ExportUserResponse> ExportUser(ExportUserRequest request, ServerCallContext context)
    {
        var user = Bare(request.User, "user");
        await using var db = await contexts.CreateDbContextAsync(context.CancellationToken);
        var rows = await db.Registrations.AsNoTracking().Where(r => r.Owner == user).OrderBy(r => r.Id)
            .ToListAsync(context.CancellationToken);
        var document = UserExport.Write(user, rows, await endpoints.ListAsync(user, MaxListed, context.CancellationToken),
            await queue.ListAsync(user, null, MaxListed, context.CancellationToken));
        return new ExportUserResponse { Json = ByteString.CopyFrom(document.Span) };
    }

    private async Task<PushOutcome?> TestAsync(long id, CancellationToken cancellationToken)
    {
        if (await registrations.FindAsync(id, cancellationToken) is not { IsGone: false } registration)
            return PushOutcome.Gone("gone");
        try
        {
            return await test.PushAsync(registration, cancellationToken);
        }
        catch (IntakeFullException)
        {
            return PushOutcome.Retry("too much is waiting; not taken");
        }
    }
}
