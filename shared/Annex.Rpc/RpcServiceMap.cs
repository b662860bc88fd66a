using Grpc.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Annex.Rpc;

/// <summary>
/// The contracts that one service serves: each once, with its implementation. The same map stands behind the listener
/// (<see cref="RpcEndpoints.MapRpc"/>) and behind the calls inside the process (<see cref="CreateInvoker"/>). The standard
/// health service is always in it. Filled at start; frozen by its first use.
/// <code>map.Add(RoomDirectory.BindService(provider.GetRequiredService&lt;RoomDirectoryRpc&gt;()));</code>
/// </summary>
public sealed class RpcServiceMap
{
    private readonly Dictionary<string, RpcHandler> _handlers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _services = new(StringComparer.Ordinal);

    public RpcServiceMap() => Add(Grpc.Health.V1.Health.BindService(Health));

    /// <summary>What grpc.health.v1 answers for this listener.</summary>
    public HealthService Health { get; } = new();

    /// <summary>Full names of the services, such as "annex.muc.v1.RoomDirectory".</summary>
    public IReadOnlyCollection<string> Services => _services;

    internal IReadOnlyDictionary<string, RpcHandler> Handlers => _handlers;

    /// <summary>Adds what the generated BindService(implementation) returns.</summary>
    /// <exception cref="ArgumentException">A contract is in the map already.</exception>
    public RpcServiceMap Add(ServerServiceDefinition service)
    {
        ArgumentNullException.ThrowIfNull(service);
        service.BindService(new Binder(this));
        return this;
    }

    /// <summary>Carries the calls of generated clients straight into the implementations: no bytes, no socket; deadlines,
    /// cancellation, metadata and errors as over the wire. Messages are handed over as they are, so neither side changes one
    /// after giving it away.</summary>
    /// <param name="logger">Is told of exceptions that are no <see cref="RpcException"/>.</param>
    public CallInvoker CreateInvoker(ILogger? logger = null) => new InProcessInvoker(this, logger ?? NullLogger.Instance);

    private sealed class Binder(RpcServiceMap map) : ServiceBinderBase
    {
        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler) =>
            Put(method, new UnaryHandler<TRequest, TResponse>(method, handler!));

        public override void AddMethod<TRequest, TResponse>(
            Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler) =>
            Put(method, new StreamingHandler<TRequest, TResponse>(method, handler!));

        private void Put(IMethod method, RpcHandler handler)
        {
            if (!map._handlers.TryAdd(method.FullName, handler))
                throw new ArgumentException($"{method.FullName} is served already.");
            if (map._services.Add(method.ServiceName))
                map.Health.SetStatus(method.ServiceName, isServing: true);
        }
    }
}
