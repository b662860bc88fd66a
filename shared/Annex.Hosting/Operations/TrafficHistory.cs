using Annex.Xmpp.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Annex.Hosting.Operations;

/// <summary>Stanzas per second of each component over the last hour, for the status page's curves.</summary>
internal sealed class TrafficHistory(IServiceProvider provider, IEnumerable<ServiceFacts> facts, TimeProvider time)
    : BackgroundService
{
    private const int Kept = 360;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<(double In, double Out)>> _rates = new(StringComparer.Ordinal);

    /// <summary>The oldest first; empty until there are two looks to compare.</summary>
    public IReadOnlyList<(double In, double Out)> RatesOf(string service)
    {
        lock (_gate)
            return _rates.TryGetValue(service, out var rates) ? [.. rates] : [];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var before = new Dictionary<string, LinkTraffic>(StringComparer.Ordinal);
        var at = time.GetTimestamp();
        try
        {
            while (true)
            {
                await Task.Delay(Step, time, stoppingToken);
                var seconds = time.GetElapsedTime(at).TotalSeconds;
                at = time.GetTimestamp();
                foreach (var service in facts.Select(f => f.Service))
                    Look(service, before, seconds);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private void Look(string service, Dictionary<string, LinkTraffic> before, double seconds)
    {
        if (provider.GetKeyedService<ComponentConnection>(service) is not { } connection)
            return;
        var now = connection.Traffic;
        var last = before.GetValueOrDefault(service);
        before[service] = now;
        lock (_gate)
        {
            if (!_rates.TryGetValue(service, out var rates))
                _rates[service] = rates = new Queue<(double, double)>();
            rates.Enqueue(((now.StanzasReceived - last.StanzasReceived) / seconds, (now.StanzasSent - last.StanzasSent) / seconds));
            if (rates.Count > Kept)
                rates.Dequeue();
        }
    }
}
