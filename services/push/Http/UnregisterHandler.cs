using System.Text.Json;
using Annex.Push.Handlers;
using Annex.Xmpp.Addressing;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;

namespace Annex.Push.Http;

/// <summary>How clients of Tigase's dialect end a device whose account they cannot log in to any more: account, provider and
/// device-token in JSON, the token being the proof. Every well-formed request gets the same answer.</summary>
public sealed class UnregisterHandler(DialectCommands dialects, TimeProvider time, ILogger<UnregisterHandler> logger)
{
    private const int MaxBodyBytes = 16 * 1024;

    /// <summary>Requests a minute for one account: enough for all its devices, too few to try tokens.</summary>
    private const int MaxPerMinute = 20;

    private readonly RateLimiter _ofAccount = new(MaxPerMinute, TimeSpan.FromMinutes(1), time);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/unregister-device/{service}", PostAsync);
        endpoints.MapPost("/rest/push/unregister-device/{service}", PostAsync);
    }

    private async Task PostAsync(HttpContext http)
    {
        http.Response.StatusCode = await EndAsync(http);
    }

    private async Task<int> EndAsync(HttpContext http)
    {
        if (http.Request.ContentLength > MaxBodyBytes) return StatusCodes.Status413PayloadTooLarge;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = MaxBodyBytes;
        try
        {
            using var json = await JsonDocument.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
            if (Text(json, "account") is not { } account || !Jid.TryParse(account, out var jid)
                || Text(json, "device-token") is not { } token) return StatusCodes.Status400BadRequest;
            var owner = jid.Bare.ToString();
            if (!_ofAccount.TryTake(owner)) return StatusCodes.Status429TooManyRequests;
            await dialects.UnregisterAsync(owner, Text(json, "provider"), token, http.RequestAborted);
            return StatusCodes.Status200OK;
        }
        catch (BadHttpRequestException exception)
        {
            return exception.StatusCode;
        }
        catch (JsonException)
        {
            return StatusCodes.Status400BadRequest;
        }
        catch (NpgsqlException exception)
        {
            Log.DatabaseAway(logger, exception);
            return StatusCodes.Status503ServiceUnavailable;
        }
    }

    private static string? Text(JsonDocument json, string name) => json.RootElement.ValueKind == JsonValueKind.Object
        && json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 and <= 8192 } text ? text : null;
}
