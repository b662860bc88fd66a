using Annex.Contracts.Events.V1;
using Annex.Hosting.Messaging;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;

namespace Annex.Hosting.Operations;

/// <summary>annex.events.v1: the error queue of a service that has a database.</summary>
internal sealed class EventQueueRpc(EventErrors errors) : EventQueue.EventQueueBase
{
    private const int Page = 200;

    public override Task<GetQueueResponse> GetQueue(GetQueueRequest request, ServerCallContext context) => DoAsync(async () =>
    {
        var queue = await errors.CountAsync(context.CancellationToken);
        return new GetQueueResponse
        {
            Outbox = queue.Outbox,
            OutboxAge = queue.OutboxAge,
            Errors = queue.Errors,
            ErrorsWaiting = queue.ErrorsWaiting,
        };
    });

    public override Task ListErrors(
        ListErrorsRequest request, IServerStreamWriter<Contracts.Events.V1.EventError> responseStream, ServerCallContext context) =>
        DoAsync(async () =>
        {
            var left = request.Limit > 0 ? request.Limit : int.MaxValue;
            var after = request.After;
            while (left > 0)
            {
                var page = await errors.ListAsync(after, Math.Min(left, Page), context.CancellationToken);
                foreach (var error in page)
                    await responseStream.WriteAsync(Describe(error));
                if (page.Count < Page)
                    break;
                (left, after) = (left - page.Count, page[^1].Id);
            }
            return true;
        });

    public override Task<Contracts.Events.V1.EventError> GetError(GetErrorRequest request, ServerCallContext context) =>
        DoAsync(async () => await errors.FindAsync(request.Id, context.CancellationToken) is { } error
            ? Describe(error) : throw NotFound(request.Id));

    public override Task<ReplayErrorsResponse> ReplayErrors(ReplayErrorsRequest request, ServerCallContext context) =>
        DoAsync(async () => new ReplayErrorsResponse
        {
            Events = Check(await errors.ReplayAsync(Which(request.Id, request.All), context.CancellationToken), request.Id),
        });

    public override Task<DropErrorsResponse> DropErrors(DropErrorsRequest request, ServerCallContext context) =>
        DoAsync(async () => new DropErrorsResponse
        {
            Events = Check(await errors.DropAsync(Which(request.Id, request.All), context.CancellationToken), request.Id),
        });

    private static async Task<T> DoAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (NpgsqlException e)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, $"the database: {e.Message}"));
        }
    }

    private static long? Which(long id, bool all) => (id, all) switch
    {
        (0, true) => null,
        ( > 0, false) => id,
        _ => throw new RpcException(new Status(StatusCode.InvalidArgument, "an id, or all")),
    };

    private static int Check(int count, long id) => count > 0 || id == 0 ? count : throw NotFound(id);

    private static RpcException NotFound(long id) => new(new Status(StatusCode.NotFound, $"there is no event error {id}"));

    private static Contracts.Events.V1.EventError Describe(Messaging.EventError error) => new()
    {
        Id = error.Id,
        Service = error.Service,
        Consumer = error.Consumer,
        MessageId = error.MessageId.ToString(),
        Type = error.Type,
        Body = error.Body,
        Error = error.Error,
        Attempts = error.Attempts,
        At = error.At.ToTimestamp(),
        NextAt = error.NextAt?.ToTimestamp(),
    };
}
