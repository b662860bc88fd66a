using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Annex.Rpc;

/// <summary>Serves a map of contracts on a listener. The listener speaks HTTP/2 alone (HttpProtocols.Http2): without TLS
/// nothing on the wire could tell it from HTTP/1.1.</summary>
public static class RpcEndpoints
{
    /// <summary>Maps every path of the listener: a method that the map does not have is answered with UNIMPLEMENTED.</summary>
    public static IEndpointConventionBuilder MapRpc(
        this IEndpointRouteBuilder endpoints, RpcServiceMap services, RpcServerOptions options)
    {
        var logger = endpoints.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("Annex.Rpc");
        return endpoints.MapPost("/{service}/{method}", http => ServeAsync(http, services, options, logger));
    }

    /// <summary>The same as the end of a pipeline, for a listener with a branch of its own.</summary>
    public static void RunRpc(this IApplicationBuilder app, RpcServiceMap services, RpcServerOptions options)
    {
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("Annex.Rpc");
        app.Run(http => ServeAsync(http, services, options, logger));
    }

    private static async Task ServeAsync(HttpContext http, RpcServiceMap services, RpcServerOptions options, ILogger logger)
    {
        if (!IsRpc(http.Request))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }
        http.Response.ContentType = RpcWire.ContentType;
        // A caller that watches sends nothing for hours.
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        using var call = new HttpCallContext(http, options);
        if (!services.Handlers.TryGetValue(http.Request.Path, out var handler))
        {
            // Who is not allowed in learns nothing about what is served either.
            call.End(call.IsAllowed ? new Status(StatusCode.Unimplemented, "no such method") : Unauthenticated, []);
            return;
        }
        var started = options.Time.GetTimestamp();
        var (status, trailers) = await RunAsync(call, handler, logger);
        call.End(status, trailers);
        RpcMetrics.CountServed(handler.Method, status.StatusCode, options.Time.GetElapsedTime(started), "grpc");
    }

    private static Status Unauthenticated => new(StatusCode.Unauthenticated, "a token is needed");

    private static async Task<(Status Status, Metadata Trailers)> RunAsync(
        HttpCallContext call, RpcHandler handler, ILogger logger)
    {
        if (!call.IsAllowed)
        {
            Log.Refused(logger, handler.Method.FullName, "no token, or a wrong one", call.Peer);
            return (Unauthenticated, []);
        }
        try
        {
            await handler.ServeAsync(call);
            return (call.Status, call.ResponseTrailers);
        }
        catch (Exception e)
        {
            var (status, trailers, isBug) = RpcHandler.Judge(e, call.IsDeadlinePassed, call.IsAborted);
            if (isBug)
            {
                RpcMetrics.CountFailure(handler.Method);
                Log.MethodFailed(logger, handler.Method.FullName, e);
            }
            return (status, trailers.Count > 0 ? trailers : call.ResponseTrailers);
        }
    }

    // application/grpc, application/grpc+proto, either with parameters. Other encodings (+json) are not spoken.
    private static bool IsRpc(HttpRequest request)
    {
        var type = request.ContentType.AsSpan();
        if (!HttpMethods.IsPost(request.Method) || !type.StartsWith(RpcWire.ContentType, StringComparison.OrdinalIgnoreCase))
            return false;
        var rest = type[RpcWire.ContentType.Length..];
        return rest.IsEmpty || rest[0] == ';' || rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase);
    }
}
