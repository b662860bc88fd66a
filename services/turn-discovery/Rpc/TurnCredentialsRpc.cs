using Annex.Contracts.Turn.V1;
using Annex.TurnDiscovery.Credentials;
using Annex.Xmpp.Addressing;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ServiceMessage = Annex.Contracts.Turn.V1.ExternalService;

namespace Annex.TurnDiscovery.Rpc;

/// <summary>annex.turn.v1.</summary>
public sealed class TurnCredentialsRpc(ServiceDesk desk) : TurnCredentials.TurnCredentialsBase
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
        {
            var health = service.Health;
            await responseStream.WriteAsync(new Server
            {
                Host = service.Host,
                Port = service.Port,
                Transport = service.Transport,
                Type = service.Type,
                IsHealthy = health.IsHealthy,
                Problem = health.Problem ?? "",
                CheckedAt = health.CheckedAt is { } at ? Timestamp.FromDateTimeOffset(at) : null,
                Latency = health.Latency.TotalMilliseconds,
            });
        }
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
