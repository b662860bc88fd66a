using Annex.Contracts.Turn.V1;
using Annex.TurnDiscovery.Credentials;
using Annex.TurnDiscovery.Health;
using Annex.Xmpp.Addressing;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ExternalService = Annex.TurnDiscovery.Credentials.ExternalService;
using ServiceMessage = Annex.Contracts.Turn.V1.ExternalService;

namespace Annex.TurnDiscovery.Rpc;

/// <summary>annex.turn.v1.</summary>
public sealed class TurnCredentialsRpc(ServiceDesk desk, HealthMonitor monitor) : TurnCredentials.TurnCredentialsBase
{
    public override Task<IssueCredentialsResponse> IssueCredentials(IssueCredentialsRequest request, ServerCallContext context)
    {
        if (!Jid.TryParse(request.User, out var user) || !user.HasLocal)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "user is not the JID of an account"));
        if (desk.Refusal(user) is { } refusal)
            throw new RpcException(new Status(StatusCode.PermissionDenied, refusal.Text ?? refusal.Condition));
        var list = desk.List(desk.RequesterOf(user), request.Type.Length == 0 ? null : request.Type, out var error);
        if (list is null)
        {
            var code = error == TurnErrors.TooOften ? StatusCode.ResourceExhausted : StatusCode.Unavailable;
            throw new RpcException(new Status(code, error!.Text ?? error.Condition));
        }
        var response = new IssueCredentialsResponse();
        foreach (var offered in list)
            response.Services.Add(Describe(offered));
        return Task.FromResult(response);
    }

    public override async Task ListServers(
        ListServersRequest request, IServerStreamWriter<Server> responseStream, ServerCallContext context)
    {
        foreach (var service in desk.Services)
            await responseStream.WriteAsync(Describe(service), context.CancellationToken);
    }

    public override async Task CheckServers(
        CheckServersRequest request, IServerStreamWriter<Server> responseStream, ServerCallContext context)
    {
        var wanted = desk.Services.Where(s => request.Host.Length == 0 || s.Host == request.Host).ToList();
        if (wanted.Count == 0 && request.Host.Length > 0)
            throw new RpcException(new Status(StatusCode.NotFound, "no service has this host"));
        // At most Health:MaxConcurrent at once, as ever; told in the order in which they end.
        await foreach (var done in Task.WhenEach(wanted.Select(s => CheckAsync(s, context.CancellationToken))))
            await responseStream.WriteAsync(Describe(await done), context.CancellationToken);
    }

    private async Task<ExternalService> CheckAsync(ExternalService service, CancellationToken cancellationToken)
    {
        if (service.IsChecked)
            await monitor.CheckAsync(service, cancellationToken);
        return service;
    }

    private static Server Describe(ExternalService service)
    {
        var health = service.Health;
        return new Server
        {
            Host = service.Host,
            Port = service.Port,
            Transport = service.Transport,
            Type = service.Type,
            Name = service.Name ?? "",
            Region = service.Region ?? "",
            Priority = service.Priority,
            Weight = service.Weight,
            IsChecked = service.IsChecked,
            IsHealthy = health.IsHealthy,
            Problem = health.Problem ?? "",
            CheckedAt = health.CheckedAt is { } at ? Timestamp.FromDateTimeOffset(at) : null,
            Latency = health.Latency.TotalMilliseconds,
            UsesOlderSecret = health.AcceptedSecret > 0,
            TtlSeconds = service.IsRestricted && service.Fixed is null ? (long)service.Ttl.TotalSeconds : 0,
        };
    }

    private static ServiceMessage Describe(OfferedService offered)
    {
        var (service, credential) = (offered.Service, offered.Credential);
        return new ServiceMessage
        {
            Host = service.Host,
            Port = service.Port,
            Transport = service.Transport,
            Type = service.Type,
            Name = service.Name ?? "",
            Username = credential?.Username ?? "",
            Password = credential?.Password ?? "",
            Expires = credential?.Expires is { } expires ? Timestamp.FromDateTimeOffset(expires) : null,
            Restricted = credential is not null,
        };
    }
}
