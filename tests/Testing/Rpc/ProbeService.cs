using System.Collections.Concurrent;
using Annex.Testing.Rpc.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Annex.Testing.Rpc;

/// <summary>The probe contract, served by Annex.</summary>
/// <param name="toggle">Called by Left for keys that begin with "toggle", which nobody has to wait for.</param>
public sealed class ProbeService(Action? toggle = null) : Probe.ProbeBase
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _left = new();

    public override async Task<EchoReply> Echo(EchoRequest request, ServerCallContext context)
    {
        await context.WriteResponseHeadersAsync(new Metadata { { "probe-header", "sent" } });
        context.ResponseTrailers.Add("probe-trailer-bin", [0, 1, 2, 3]);
        var reply = new EchoReply
        {
            Text = request.Text,
            Payload = request.Payload,
            HasDeadline = context.Deadline != DateTime.MaxValue,
        };
        foreach (var entry in context.RequestHeaders.Where(e => e.Key.StartsWith("probe-", StringComparison.Ordinal)))
            reply.Metadata[entry.Key] = entry.IsBinary ? Convert.ToHexStringLower(entry.ValueBytes) : entry.Value;
        return reply;
    }

    public override Task<EchoReply> Fail(FailRequest request, ServerCallContext context) =>
        request.Crash
            ? throw new InvalidOperationException("a secret of ours")
            : throw new RpcException(
                new Status((StatusCode)request.Code, request.Detail), new Metadata { { "probe-reason", "asked" } });

    public override async Task Count(
        CountRequest request, IServerStreamWriter<CountReply> responseStream, ServerCallContext context)
    {
        for (var n = 1; n <= request.Count; n++)
            await responseStream.WriteAsync(new CountReply { N = n });
        if (request.FailWith != 0)
            throw new RpcException(new Status((StatusCode)request.FailWith, "after the last number"));
    }

    public override async Task Wait(
        WaitRequest request, IServerStreamWriter<CountReply> responseStream, ServerCallContext context)
    {
        await responseStream.WriteAsync(new CountReply { N = 1 });
        try
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
        finally
        {
            SignalOf(request.Key).TrySetResult();
        }
    }

    public override async Task<EchoReply> Sleep(WaitRequest request, ServerCallContext context)
    {
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
        return new EchoReply();
    }

    public override async Task<CountReply> Left(WaitRequest request, ServerCallContext context)
    {
        if (request.Key.StartsWith("toggle", StringComparison.Ordinal))
            toggle?.Invoke();
        else
            await SignalOf(request.Key).Task.WaitAsync(context.CancellationToken);
        return new CountReply { N = 1 };
    }

    private TaskCompletionSource SignalOf(string key) =>
        _left.GetOrAdd(key, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
