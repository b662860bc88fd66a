using System.Collections.Concurrent;
using Grpc.Core;

namespace Annex.Rpc;

/// <summary>
/// The other services of the suite, by name ("Muc", "Upload", "Push", "TurnDiscovery", "Search"): in this process or over the
/// network, the one who calls does not know. Filled by the host at start; asked by services when they call:
/// <code>if (peers.Find("Muc") is { } muc) rooms = new RoomDirectory.RoomDirectoryClient(muc);</code>
/// </summary>
public sealed class RpcPeers : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<CallInvoker>> _invokers = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentBag<RpcChannel> _channels = [];

    /// <summary>A service of this process. The map is asked for at the first call, when everything is constructed.</summary>
    public void AddInProcess(string name, Func<RpcServiceMap> services)
    {
        if (!_invokers.TryAdd(name, new Lazy<CallInvoker>(() => services().CreateInvoker())))
            throw new ArgumentException($"The peer {name} is known already.", nameof(name));
    }

    /// <summary>A service elsewhere. The channel is disposed with these peers.</summary>
    public void AddRemote(string name, RpcChannel channel)
    {
        if (!_invokers.TryAdd(name, new Lazy<CallInvoker>(channel.CreateCallInvoker)))
            throw new ArgumentException($"The peer {name} is known already.", nameof(name));
        _channels.Add(channel);
    }

    /// <summary>Null where neither this process nor the configuration has such a service: then the one who asks does without.</summary>
    public CallInvoker? Find(string name) => _invokers.TryGetValue(name, out var invoker) ? invoker.Value : null;

    public void Dispose()
    {
        foreach (var channel in _channels)
            channel.Dispose();
    }
}
