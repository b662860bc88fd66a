using Annex.Contracts.Status.V1;
using Annex.Xmpp.Streams;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Annex.Hosting.Operations;

/// <summary>annex.status.v1, beside every service's own contract.</summary>
internal sealed class ServiceStatusRpc(string service, IServiceProvider provider) : ServiceStatus.ServiceStatusBase
{
    public override Task<GetStatusResponse> GetStatus(GetStatusRequest request, ServerCallContext context) =>
        provider.GetRequiredService<StatusReporter>().ReportAsync(service, context.CancellationToken);

    public override Task<LookAroundResponse> LookAround(LookAroundRequest request, ServerCallContext context)
    {
        if (provider.GetKeyedService<ComponentConnection>(service) is not { IsConnected: true } connection)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "the component is not connected"));
        var domains = provider.GetServices<ServiceFacts>().First(f => f.Service == service).LocalDomains;
        return ServerSurvey.AskAsync(connection, domains, context.CancellationToken);
    }
}
