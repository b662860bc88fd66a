using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Annex.TurnDiscovery.Credentials;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Annex.TurnDiscovery.Http;

/// <summary>
/// The TURN REST API (draft-uberti-behave-turn-rest): GET or POST with service=turn, username and the key. Beside the draft's
/// members the answer has iceServers as browsers take them, where every server has its own credential.
/// </summary>
public sealed class TurnRestEndpoint(ServiceDesk desk, RestOptions options, TimeProvider time, TurnMetrics metrics)
{
    private const int MaxUsername = 256;

    // Three fields; some room for what a library adds.
    private static readonly FormOptions FormLimits = new()
    {
        ValueCountLimit = 16,
        KeyLengthLimit = 64,
        ValueLengthLimit = 1024,
        BufferBodyLengthLimit = 16 * 1024,
        MultipartBodyLengthLimit = 16 * 1024,
    };

    // Hashed once: the comparison says nothing about the length either.
    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes(options.Key!));

    public async Task HandleAsync(HttpContext context)
    {
        if (await ParametersAsync(context.Request) is not { } parameters)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        if (!IsAuthorized(context.Request, parameters("key")))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return;
        }
        var username = parameters("username") ?? "";
        if (username.Length > MaxUsername || parameters("service") is not (null or "" or "turn"))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        // A name of its own space: a caller cannot use up the limit of a JID, nor ask for its pseudonym.
        var list = desk.List(new Requester("rest:" + username, null), null, out var error);
        metrics.Count(error);
        if (list is null)
        {
            context.Response.StatusCode = error!.HttpStatus;
            return;
        }
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        // What a browser cannot use as an ICE server is not for it.
        var servers = list.Where(o => o.Service.Type is "stun" or "stuns" or "turn" or "turns").ToList();
        await context.Response.Body.WriteAsync(Describe(servers), context.RequestAborted);
    }

    private byte[] Describe(List<OfferedService> list)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            var first = list.Select(o => o.Credential).FirstOrDefault(c => c is not null);
            if (first is not null)
            {
                json.WriteString("username", first.Username);
                json.WriteString("password", first.Password);
                json.WriteNumber("ttl", (long)((first.Expires ?? time.GetUtcNow().AddDays(1)) - time.GetUtcNow()).TotalSeconds);
            }
            json.WriteStartArray("uris");
            foreach (var offered in list)
            {
                // The draft has one credential for all: servers with another are in iceServers alone.
                if (offered.Credential is null || (offered.Credential.Username == first!.Username
                                                   && offered.Credential.Password == first.Password))
                    json.WriteStringValue(UriOf(offered.Service));
            }
            json.WriteEndArray();
            json.WriteStartArray("iceServers");
            foreach (var offered in list)
            {
                json.WriteStartObject();
                json.WriteString("urls", UriOf(offered.Service));
                if (offered.Credential is { } credential)
                {
                    json.WriteString("username", credential.Username);
                    json.WriteString("credential", credential.Password);
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>RFC 7064 and RFC 7065.</summary>
    private static string UriOf(ExternalService service)
    {
        var host = service.Host.Contains(':', StringComparison.Ordinal) ? $"[{service.Host}]" : service.Host;
        var uri = string.Create(CultureInfo.InvariantCulture, $"{service.Type}:{host}:{service.Port}");
        return service.IsTurn ? $"{uri}?transport={service.Transport}" : uri;
    }

    private bool IsAuthorized(HttpRequest request, string? key)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        var presented = header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : key;
        return presented is not null
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(presented)), _key);
    }

    /// <summary>Null for a form that cannot be read: whoever sends it may be anybody.</summary>
    private static async Task<Func<string, string?>?> ParametersAsync(HttpRequest request)
    {
        if (!HttpMethods.IsPost(request.Method) || !request.HasFormContentType)
            return name => request.Query[name];
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(FormLimits, request.HttpContext.RequestAborted);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException and not BadHttpRequestException)
        {
            return null;
        }
        return name => form.TryGetValue(name, out var value) ? value.ToString() : request.Query[name];
    }
}
