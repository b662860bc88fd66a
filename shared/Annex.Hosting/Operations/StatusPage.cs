using System.Net;
using System.Text;
using Annex.Contracts.Status.V1;
using Annex.Hosting.Configuration;
using Annex.Hosting.Web;
using Annex.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Annex.Hosting.Operations;

/// <summary>The page for people on every Ops:Listen.</summary>
internal static class StatusPage
{
    // Style from the sheet alone, nothing else from anywhere; the empty icon is a data URL.
    private const string Policy =
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly TimeSpan PeerPatience = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/", ShowAsync);
        endpoints.MapGet("/status.css", () =>
        {
            using var sheet = new StreamReader(typeof(StatusPage).Assembly.GetManifestResourceStream("status/status.css")!);
            return Results.Text(sheet.ReadToEnd(), "text/css; charset=utf-8");
        });
    }

    private static async Task ShowAsync(HttpContext http, StatusReporter reporter, TrafficHistory traffic, RecentTrouble trouble,
        RpcPeers peers, TimeProvider time)
    {
        var response = http.Response;
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
        if (Refusal(http) is { } refusal)
        {
            response.StatusCode = refusal.Status;
            response.ContentType = "text/plain; charset=utf-8";
            if (refusal.Status == StatusCodes.Status401Unauthorized)
                response.Headers.WWWAuthenticate = "Basic realm=\"Annex\", charset=\"UTF-8\"";
            await response.WriteAsync(refusal.Text + "\n", http.RequestAborted);
            return;
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        patience.CancelAfter(TimeSpan.FromSeconds(8));
        var own = new List<GetStatusResponse>();
        foreach (var service in reporter.Services)
            own.Add(await reporter.ReportAsync(service, patience.Token));
        var elsewhere = await Task.WhenAll(DefaultPorts.Services.Except(own.Select(s => s.Service))
            .Select(name => (Name: name, Peer: peers.Find(name))).Where(p => p.Peer is not null)
            .Select(p => AskAsync(p.Name, p.Peer!, patience.Token)));
        response.ContentType = "text/html; charset=utf-8";
        await response.WriteAsync(StatusHtml.Write(own, elsewhere, traffic.RatesOf, trouble.Lines, Environment.MachineName,
            time.GetUtcNow()), http.RequestAborted);
    }

    private static (int Status, string Text)? Refusal(HttpContext http)
    {
        var listener = http.Features.Get<Listener>();
        if (listener?.Token is { } token)
        {
            return token.IsMatch(Bearer(http.Request.Headers.Authorization)) ? null
                : (StatusCodes.Status401Unauthorized, "The status page asks for Ops:Token: any user name, the token as the password.");
        }
        if (listener?.Address.IsLoopback != true)
            return (StatusCodes.Status403Forbidden, "The status page is shown beyond loopback only where Ops:Token is set.");
        // A name that somebody points at 127.0.0.1 would let a page of theirs read this one in the operator's browser.
        var host = http.Request.Host.Host;
        return host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out _) ? null
            : (StatusCodes.Status403Forbidden, "Without Ops:Token the status page is shown under an IP address or localhost only.");
    }

    /// <summary>Browsers ask people for a name and a password: the password is the token.</summary>
    private static string? Bearer(string? authorization)
    {
        const string Basic = "Basic ";
        if (authorization is null || !authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
            return authorization;
        try
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(authorization[Basic.Length..].Trim()));
            return pair.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? "Bearer " + pair[(colon + 1)..] : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static async Task<PeerStatus> AskAsync(string service, CallInvoker peer, CancellationToken cancellationToken)
    {
        try
        {
            var client = new ServiceStatus.ServiceStatusClient(peer);
            return new PeerStatus(service, await client.GetStatusAsync(new GetStatusRequest(),
                new CallOptions(deadline: DateTime.UtcNow + PeerPatience, cancellationToken: cancellationToken)), null);
        }
        catch (RpcException e)
        {
            return new PeerStatus(service, null, $"{e.StatusCode}: {e.Status.Detail}");
        }
    }
}
