using Grpc.Core;
using Grpc.Health.V1;
using Xunit;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Annex.Rpc.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task A_watcher_hears_of_every_change_and_of_nothing_else()
    {
        var services = new RpcServiceMap();
        using var call = new Health.HealthClient(services.CreateInvoker()).Watch(new HealthCheckRequest { Service = "x" });
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync(call));
        services.Health.SetStatus("other", isServing: true);
        services.Health.SetStatus("x", isServing: true);
        Assert.Equal(ServingStatus.Serving, await NextAsync(call));
        services.Health.SetStatus("x", isServing: true);
        services.Health.SetAll(isServing: false);
        Assert.Equal(ServingStatus.NotServing, await NextAsync(call));
    }

    [Fact]
    public async Task A_service_that_is_down_is_said_to_be()
    {
        var services = new RpcServiceMap();
        services.Health.SetStatus("x", isServing: false);
        var reply = await new Health.HealthClient(services.CreateInvoker()).CheckAsync(new HealthCheckRequest { Service = "x" });
        Assert.Equal(ServingStatus.NotServing, reply.Status);
    }

    private static async Task<ServingStatus> NextAsync(AsyncServerStreamingCall<HealthCheckResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return call.ResponseStream.Current.Status;
    }
}
