using System.Diagnostics.Metrics;
using Annex.TurnDiscovery.Credentials;
using Annex.Xmpp.Stanzas;

namespace Annex.TurnDiscovery;

/// <summary>annex.turn_discovery.*</summary>
public sealed class TurnMetrics : IDisposable
{
    private readonly Meter _meter = new("Annex.TurnDiscovery");
    private readonly Counter<long> _requests;

    public TurnMetrics() => _requests = _meter.CreateCounter<long>("annex.turn_discovery.requests", "{request}");

    /// <param name="error">Null: answered.</param>
    public void Count(StanzaError? error)
    {
        if (_requests.Enabled)
            _requests.Add(1, new KeyValuePair<string, object?>("outcome", error?.Condition ?? "ok"));
    }

    public void Watch(ServiceDesk desk) => _meter.CreateObservableGauge("annex.turn_discovery.service.up",
        () => desk.Services.Where(s => s.IsChecked).Select(s => new Measurement<int>(
            s.Health.IsHealthy ? 1 : 0, new KeyValuePair<string, object?>("service", s.Title))));

    public void Dispose() => _meter.Dispose();
}
