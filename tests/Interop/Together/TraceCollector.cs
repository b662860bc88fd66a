using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Annex.Interop.Together;

/// <summary>A collector of OpenTelemetry on loopback that keeps the spans (trace id, process, name), read by the
/// protocol's own field numbers.</summary>
internal sealed class TraceCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Trace, string Service, string Name)> _spans = new();

    private TraceCollector(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First());

    public static async Task<TraceCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var collector = new TraceCollector(app);
        app.Run(collector.ReceiveAsync);
        await app.StartAsync();
        return collector;
    }

    /// <summary>Some trace has a span of each of these names, made by that service.</summary>
    public void AssertOneTrace(params (string Service, string Name)[] spans)
    {
        var traces = _spans.GroupBy(span => span.Trace).Select(t => t.Select(s => (s.Service, s.Name)).ToHashSet()).ToList();
        var best = traces.MaxBy(t => spans.Count(t.Contains));
        Assert.True(best is not null && spans.All(best.Contains),
            $"The best of {traces.Count} traces has {string.Join(", ", best ?? [])}");
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        // ExportTraceServiceRequest.resource_spans = 1.
        if (http.Request.Path == "/v1/traces") Walk(body.ToArray(), [1], Keep);
    }

    private void Keep(byte[] resourceSpans)
    {
        var service = "";
        // ResourceSpans.resource = 1, Resource.attributes = 1; KeyValue.key = 1, .value = 2, AnyValue.string_value = 1.
        Walk(resourceSpans, [1, 1], attribute =>
        {
            var isName = false;
            Walk(attribute, [1], key => isName = Encoding.UTF8.GetString(key) == "service.name");
            if (isName) Walk(attribute, [2, 1], value => service = Encoding.UTF8.GetString(value));
        });
        // ResourceSpans.scope_spans = 2, ScopeSpans.spans = 2; Span.trace_id = 1, Span.name = 5.
        Walk(resourceSpans, [2, 2], span =>
        {
            var (trace, name) = ("", "");
            Walk(span, [1], value => trace = Convert.ToHexStringLower(value));
            Walk(span, [5], value => name = Encoding.UTF8.GetString(value));
            _spans.Enqueue((trace, service, name));
        });
    }

    private static void Walk(byte[] message, int[] path, Action<byte[]> found)
    {
        var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag && tag != 0)
        {
            if (WireFormat.GetTagFieldNumber(tag) != path[0] || WireFormat.GetTagWireType(tag) != WireFormat.WireType.LengthDelimited)
            {
                input.SkipLastField();
                continue;
            }
            var value = input.ReadBytes().ToByteArray();
            if (path.Length == 1) found(value);
            else Walk(value, path[1..], found);
        }
    }
}
