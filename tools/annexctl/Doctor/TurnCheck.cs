using Annex.Contracts.Turn.V1;
using Grpc.Core;

namespace Annex.Ctl.Doctor;

/// <summary>The TURN servers, as turn-discovery tries them with real allocations.</summary>
internal static class TurnCheck
{
    public static async Task RunAsync(Examination examination)
    {
        const string Service = "TurnDiscovery";
        if (!examination.Statuses.ContainsKey(Service))
            return;
        try
        {
            var count = 0;
            using var servers = new TurnCredentials.TurnCredentialsClient(examination.Session.Find(Service))
                .ListServers(new ListServersRequest(), ServiceCheck.Patience(examination.Session));
            await foreach (var server in servers.ResponseStream.ReadAllAsync(examination.CancellationToken))
            {
                count++;
                var name = $"{server.Type} {server.Host}:{server.Port}/{server.Transport}";
                if (server.IsHealthy)
                    examination.Good("turn", $"{name} works", Service);
                else
                {
                    examination.Problem("turn", Service, $"{name} does not work: {server.Problem}",
                        "Start the TURN server, open its ports, and compare TurnDiscovery:Secrets with its static-auth-secret.");
                }
            }
            if (count == 0)
            {
                examination.Warn("turn", Service, "TURN discovery runs and knows no server.",
                    "Name STUN and TURN servers in TurnDiscovery:Services, or leave TURN discovery out.");
            }
        }
        catch (RpcException e) when (!examination.CancellationToken.IsCancellationRequested)
        {
            examination.Warn("turn", Service, $"The TURN servers' health is not known: {e.Status.Detail}", "Run the doctor again in a moment.");
        }
    }
}
