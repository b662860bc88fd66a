using System.Diagnostics.Metrics;
using Annex.Push.Providers;

namespace Annex.Push;

/// <summary>What the service counts. Labels are names of providers, verdicts and results; nothing of a user.</summary>
public sealed class PushMetrics : IDisposable
{
    private readonly Meter _meter = new("Annex.Push");
    private readonly Counter<long> _publishes;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _exceptions;

    public PushMetrics()
    {
        _publishes = _meter.CreateCounter<long>("annex.push.publishes", "{publish}",
            "Publishes of servers by their result");
        _attempts = _meter.CreateCounter<long>("annex.push.attempts", "{push}",
            "Attempts to send by provider and verdict");
        _messages = _meter.CreateCounter<long>("annex.push.unified", "{message}", "UnifiedPush messages by status");
        _exceptions = _meter.CreateCounter<long>("annex.push.exceptions", "{exception}", "Faults of ours");
    }

    public void Published(string result) => _publishes.Add(1, new KeyValuePair<string, object?>("result", result));

    public void Attempted(string provider, PushVerdict verdict) => _attempts.Add(1,
        new KeyValuePair<string, object?>("provider", provider), new KeyValuePair<string,
            object?>("verdict", verdict.ToString()));

    public void Received(int status) => _messages.Add(1, new KeyValuePair<string, object?>("status", status));

    public void Failed() => _exceptions.Add(1);

    public void Watch(Func<int> inFlight) =>
        _meter.CreateObservableGauge("annex.push.sending", inFlight, "{push}", "Sends that are on their way");

    public void Dispose() => _meter.Dispose();
}
