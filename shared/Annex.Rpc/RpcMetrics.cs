using System.Diagnostics.Metrics;
using Grpc.Core;

namespace Annex.Rpc;

/// <summary>Counts calls on both sides. transport: "grpc" or "inprocess".</summary>
internal static class RpcMetrics
{
    /// <summary>The meter's name, for whoever collects it.</summary>
    public const string Name = "Annex.Rpc";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Served =
        Meter.CreateCounter<long>("annex.rpc.server.calls", "{call}", "Calls that were served, by their status.");

    private static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("annex.rpc.server.duration", "s", "Time from a call's head to its status.");

    private static readonly Counter<long> Made =
        Meter.CreateCounter<long>("annex.rpc.client.calls", "{call}", "Calls that were made, by their status.");

    private static readonly Counter<long> Failures =
        Meter.CreateCounter<long>("annex.rpc.server.exceptions", "{exception}", "Calls that ended in an exception of ours.");

    public static void CountServed(IMethod method, StatusCode code, TimeSpan duration, string transport)
    {
        var (service, name) = (Tag("service", method.ServiceName), Tag("method", method.Name));
        Served.Add(1, service, name, Tag("status", code.ToString()), Tag("transport", transport));
        // A watch lasts as long as its watcher: that is no latency.
        if (method.Type == MethodType.Unary)
            Duration.Record(duration.TotalSeconds, service, name, Tag("transport", transport));
    }

    public static void CountMade(IMethod method, StatusCode code, string transport) =>
        Made.Add(1, Tag("service", method.ServiceName), Tag("method", method.Name), Tag("status", code.ToString()),
            Tag("transport", transport));

    public static void CountFailure(IMethod method) =>
        Failures.Add(1, Tag("service", method.ServiceName), Tag("method", method.Name));

    private static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);
}
