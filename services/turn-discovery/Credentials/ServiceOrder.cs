namespace Annex.TurnDiscovery.Credentials;

/// <summary>
/// The best first: the user's own region, then priority, then a host drawn by weight; of one host STUN, then TURN over UDP, TCP
/// and TLS. Clients exist that take the first of a kind and look no further.
/// </summary>
public sealed class ServiceOrder
{
    private readonly Func<double> _random;

    /// <param name="random">Numbers in [0, 1).</param>
    public ServiceOrder(Func<double>? random = null) => _random = random ?? Random.Shared.NextDouble;

    public List<ExternalService> Sort(List<ExternalService> services, string? region)
    {
        if (services.Count < 2)
            return services;
        var keys = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var service in services)
        {
            // Drawing by weight without repetition: the key of each host is exponentially distributed with its weight as rate.
            if (!keys.ContainsKey(service.Host))
                keys[service.Host] = -Math.Log(1 - _random()) / Math.Max(WeightOf(services, service), 1e-9);
        }
        services.Sort((a, b) =>
        {
            var order = Rank(a, region).CompareTo(Rank(b, region));
            if (order == 0)
                order = a.Priority.CompareTo(b.Priority);
            if (order == 0)
                order = keys[a.Host].CompareTo(keys[b.Host]);
            if (order == 0)
                order = string.CompareOrdinal(a.Host, b.Host);
            return order == 0 ? KindOf(a).CompareTo(KindOf(b)) : order;
        });
        return services;
    }

    /// <summary>A host's weight is the largest of its services': three transports are not three chances.</summary>
    private static double WeightOf(List<ExternalService> services, ExternalService service)
    {
        double most = 0;
        foreach (var other in services)
        {
            if (other.Host == service.Host && other.Priority == service.Priority)
                most = Math.Max(most, other.Weight);
        }
        return most;
    }

    private static int Rank(ExternalService service, string? region) =>
        service.Region is null ? 1 : service.Region == region ? 0 : 2;

    private static int KindOf(ExternalService service) => (service.Type, service.Transport) switch
    {
        ("stun", "udp") => 0,
        ("turn", "udp") => 1,
        ("turn", _) => 2,
        ("turns", "tcp") => 3,
        ("turns", _) => 4,
        ("stun", _) => 5,
        ("stuns", _) => 6,
        _ => 7,
    };
}
