using Annex.Testing.Rpc.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Xunit;

namespace Annex.Testing.Rpc;

/// <summary>
/// What every way of calling has to keep, as checks that take an invoker: in process, over HTTP/2 in memory, and against the
/// libraries of other languages. One list, so that no way is held to less than another.
/// </summary>
public static class ProbeChecks
{
    private static readonly Dictionary<string, Func<CallInvoker, Task>> ByName = new()
    {
        ["unary"] = UnaryAsync,
        ["three megabytes"] = ThreeMegabytesAsync,
        ["metadata"] = MetadataAsync,
        ["error detail"] = ErrorDetailAsync,
        ["an exception is no secret told"] = CrashAsync,
        ["server streaming"] = StreamingAsync,
        ["an empty stream"] = EmptyStreamAsync,
        ["error after messages"] = ErrorAfterMessagesAsync,
        ["deadline of a unary call"] = UnaryDeadlineAsync,
        ["deadline of a stream"] = StreamDeadlineAsync,
        ["the caller leaves"] = LeavingAsync,
        ["health check"] = HealthCheckAsync,
        ["health of an unknown service"] = UnknownHealthAsync,
        ["health watch"] = HealthWatchAsync,
        ["many at once"] = ManyAtOnceAsync,
    };

    public static IEnumerable<string> Names => ByName.Keys;

    public static Task RunAsync(string name, CallInvoker invoker) => ByName[name](invoker);

    /// <summary>A generous bound for what has to happen, so that a failure is a failure and not a hang.</summary>
    private static DateTime Soon => DateTime.UtcNow.AddSeconds(30);

    private static async Task UnaryAsync(CallInvoker invoker)
    {
        var reply = await new Probe.ProbeClient(invoker).EchoAsync(
            new EchoRequest { Text = "grüß dich, 世界 🐘", Payload = ByteString.CopyFrom(0, 255, 13, 10) }, deadline: Soon);
        Assert.Equal("grüß dich, 世界 🐘", reply.Text);
        Assert.Equal(new byte[] { 0, 255, 13, 10 }, reply.Payload.ToByteArray());
        Assert.True(reply.HasDeadline);
    }

    private static async Task ThreeMegabytesAsync(CallInvoker invoker)
    {
        var payload = new byte[3_000_000];
        new Random(1).NextBytes(payload);
        var reply = await new Probe.ProbeClient(invoker).EchoAsync(
            new EchoRequest { Payload = ByteString.CopyFrom(payload) }, deadline: Soon);
        Assert.True(payload.AsSpan().SequenceEqual(reply.Payload.Span));
    }

    private static async Task MetadataAsync(CallInvoker invoker)
    {
        var headers = new Metadata { { "probe-text", "a, b; c=d" }, { "probe-bytes-bin", [1, 0, 254, 255] } };
        using var call = new Probe.ProbeClient(invoker).EchoAsync(new EchoRequest(), headers, Soon);
        var reply = await call;
        Assert.Equal("a, b; c=d", reply.Metadata["probe-text"]);
        Assert.Equal("0100feff", reply.Metadata["probe-bytes-bin"]);
        Assert.Equal("sent", (await call.ResponseHeadersAsync).GetValue("probe-header"));
        Assert.Equal(new byte[] { 0, 1, 2, 3 }, call.GetTrailers().GetValueBytes("probe-trailer-bin"));
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private static async Task ErrorDetailAsync(CallInvoker invoker)
    {
        const string Detail = "kein Raum 100 % „Küche“\nzweite Zeile";
        var error = await Assert.ThrowsAsync<RpcException>(async () => await new Probe.ProbeClient(invoker).FailAsync(
            new FailRequest { Code = (int)StatusCode.FailedPrecondition, Detail = Detail }, deadline: Soon));
        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Equal(Detail, error.Status.Detail);
        Assert.Equal("asked", error.Trailers.GetValue("probe-reason"));
    }

    private static async Task CrashAsync(CallInvoker invoker)
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await new Probe.ProbeClient(invoker).FailAsync(
            new FailRequest { Crash = true }, deadline: Soon));
        Assert.Equal(StatusCode.Unknown, error.StatusCode);
    }

    private static async Task StreamingAsync(CallInvoker invoker)
    {
        using var call = new Probe.ProbeClient(invoker).Count(new CountRequest { Count = 1000 }, deadline: Soon);
        var next = 1;
        await foreach (var reply in call.ResponseStream.ReadAllAsync())
            Assert.Equal(next++, reply.N);
        Assert.Equal(1001, next);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    private static async Task EmptyStreamAsync(CallInvoker invoker)
    {
        using var call = new Probe.ProbeClient(invoker).Count(new CountRequest(), deadline: Soon);
        Assert.False(await call.ResponseStream.MoveNext(CancellationToken.None));
    }

    private static async Task ErrorAfterMessagesAsync(CallInvoker invoker)
    {
        using var call = new Probe.ProbeClient(invoker).Count(
            new CountRequest { Count = 3, FailWith = (int)StatusCode.DataLoss }, deadline: Soon);
        for (var n = 1; n <= 3; n++)
        {
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(n, call.ResponseStream.Current.N);
        }
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal((StatusCode.DataLoss, "after the last number"), (error.StatusCode, error.Status.Detail));
    }

    private static async Task UnaryDeadlineAsync(CallInvoker invoker)
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await new Probe.ProbeClient(invoker).SleepAsync(
            new WaitRequest(), deadline: DateTime.UtcNow.AddMilliseconds(100)));
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    private static async Task StreamDeadlineAsync(CallInvoker invoker)
    {
        using var call = new Probe.ProbeClient(invoker).Wait(
            new WaitRequest { Key = Guid.NewGuid().ToString() }, deadline: DateTime.UtcNow.AddMilliseconds(500));
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var reply in call.ResponseStream.ReadAllAsync())
                Assert.Equal(1, reply.N);
        });
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    private static async Task LeavingAsync(CallInvoker invoker)
    {
        var client = new Probe.ProbeClient(invoker);
        var key = Guid.NewGuid().ToString();
        using var leave = new CancellationTokenSource();
        using var call = client.Wait(new WaitRequest { Key = key }, cancellationToken: leave.Token);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        var next = call.ResponseStream.MoveNext(CancellationToken.None);
        await leave.CancelAsync();
        var error = await Assert.ThrowsAsync<RpcException>(() => next);
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        Assert.Equal(1, (await client.LeftAsync(new WaitRequest { Key = key }, deadline: Soon)).N);
    }

    private static async Task HealthCheckAsync(CallInvoker invoker)
    {
        var client = new Health.HealthClient(invoker);
        foreach (var service in (string[])["", "annex.probe.v1.Probe"])
        {
            var reply = await client.CheckAsync(new HealthCheckRequest { Service = service }, deadline: Soon);
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, reply.Status);
        }
    }

    private static async Task UnknownHealthAsync(CallInvoker invoker)
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await new Health.HealthClient(invoker).CheckAsync(
            new HealthCheckRequest { Service = "no.such.Service" }, deadline: Soon));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    private static async Task HealthWatchAsync(CallInvoker invoker)
    {
        using var call = new Health.HealthClient(invoker).Watch(
            new HealthCheckRequest { Service = "annex.probe.v1.Probe" }, deadline: Soon);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, call.ResponseStream.Current.Status);
    }

    private static async Task ManyAtOnceAsync(CallInvoker invoker)
    {
        var client = new Probe.ProbeClient(invoker);
        var calls = Enumerable.Range(0, 200)
            .Select(async n => (n, Reply: await client.EchoAsync(new EchoRequest { Text = $"{n}" }, deadline: Soon)));
        foreach (var (n, reply) in await Task.WhenAll(calls))
            Assert.Equal($"{n}", reply.Text);
    }
}
