using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Annex.Rpc;

/// <summary>
/// grpc.health.v1 for one listener. Services are known by their full name, the whole server by "". Everything serves until
/// <see cref="SetStatus"/> says otherwise.
/// </summary>
public sealed class HealthService : Grpc.Health.V1.Health.HealthBase
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServingStatus> _statuses = new(StringComparer.Ordinal)
    {
        [""] = ServingStatus.Serving,
    };

    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Sets one service's status, or ("") the whole server's; watchers are told.</summary>
    public void SetStatus(string service, bool isServing)
    {
        lock (_gate)
        {
            var status = isServing ? ServingStatus.Serving : ServingStatus.NotServing;
            if (_statuses.TryGetValue(service, out var old) && old == status)
                return;
            _statuses[service] = status;
            (var signal, _changed) = (_changed, NewSignal());
            signal.SetResult();
        }
    }

    /// <summary>Sets the whole server's status and that of every service on it.</summary>
    public void SetAll(bool isServing)
    {
        string[] names;
        lock (_gate)
            names = [.. _statuses.Keys];
        foreach (var name in names)
            SetStatus(name, isServing);
    }

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        lock (_gate)
        {
            return _statuses.TryGetValue(request.Service, out var status)
                ? Task.FromResult(new HealthCheckResponse { Status = status })
                : throw new RpcException(new Status(StatusCode.NotFound, "unknown service"));
        }
    }

    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ServingStatus? told = null;
        while (true)
        {
            ServingStatus now;
            Task changed;
            lock (_gate)
            {
                // An unknown service is no error here: it may become known (the protocol's text says so).
                now = _statuses.GetValueOrDefault(request.Service, ServingStatus.ServiceUnknown);
                changed = _changed.Task;
            }
            if (now != told)
            {
                await responseStream.WriteAsync(new HealthCheckResponse { Status = now }, context.CancellationToken);
                told = now;
            }
            await changed.WaitAsync(context.CancellationToken);
        }
    }

    // Watchers go on outside the lock, on their own threads.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
