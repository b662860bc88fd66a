// Hot path: one look-up per inbound stanza, from UTF-8 spans, nothing allocated.
using System.Text;
using Annex.Xmpp.Stanzas;

namespace Annex.Xmpp.Routing;

/// <summary>The frozen table from (kind, type, namespace, name) to a route. Open addressing over a power of two, at most half
/// full; a key that is longer than any known one is not even hashed.</summary>
internal sealed class RouteTable
{
    private readonly Entry[] _entries;
    private readonly int _mask;
    private readonly int _longestNamespace;
    private readonly int _longestName;

    public RouteTable(IReadOnlyCollection<KeyValuePair<RouteKey, Route>> routes)
    {
        var size = 16;
        while (size < routes.Count * 2)
            size *= 2;
        _entries = new Entry[size];
        _mask = size - 1;
        foreach (var (key, route) in routes)
        {
            var ns = Encoding.UTF8.GetBytes(key.Namespace);
            var name = Encoding.UTF8.GetBytes(key.Name);
            _longestNamespace = Math.Max(_longestNamespace, ns.Length);
            _longestName = Math.Max(_longestName, name.Length);
            var slot = Hash(key.Kind, key.Type, ns, name) & _mask;
            while (_entries[slot].Route is not null)
                slot = (slot + 1) & _mask;
            _entries[slot] = new Entry(key.Kind, key.Type, ns, name, route);
        }
    }

    public Route? Find(StanzaKind kind, StanzaType type, ReadOnlySpan<byte> ns, ReadOnlySpan<byte> name)
    {
        if (ns.Length > _longestNamespace || name.Length > _longestName)
            return null;
        var slot = Hash(kind, type, ns, name) & _mask;
        while (true)
        {
            ref readonly var entry = ref _entries[slot];
            if (entry.Route is null)
                return null;
            if (entry.Kind == kind && entry.Type == type && name.SequenceEqual(entry.Name) && ns.SequenceEqual(entry.Namespace))
                return entry.Route;
            slot = (slot + 1) & _mask;
        }
    }

    /// <summary>FNV-1a. The keys in the table are ours, so nobody can make its chains long.</summary>
    private static int Hash(StanzaKind kind, StanzaType type, ReadOnlySpan<byte> ns, ReadOnlySpan<byte> name)
    {
        var hash = 2166136261u ^ (uint)kind ^ ((uint)type << 8);
        foreach (var octet in ns)
            hash = (hash ^ octet) * 16777619u;
        foreach (var octet in name)
            hash = (hash ^ octet) * 16777619u;
        return (int)(hash ^ (hash >> 15)) & int.MaxValue;
    }

    private readonly record struct Entry(StanzaKind Kind, StanzaType Type, byte[] Namespace, byte[] Name, Route? Route);
}

/// <summary>A message is keyed by Unknown for its type: handlers of a payload take it whatever the type is.</summary>
internal readonly record struct RouteKey(StanzaKind Kind, StanzaType Type, string Namespace, string Name);

internal sealed class Route(StanzaHandler? handler, AsyncStanzaHandler? asyncHandler)
{
    public StanzaHandler? Handler { get; } = handler;

    public AsyncStanzaHandler? AsyncHandler { get; } = asyncHandler;
}
