using System.Reflection;

namespace Annex.Push.Http;

/// <summary>A page that subscribes its browser to Web Push and shows what to put into the command
/// register-push-webpush. Four small files, nothing from elsewhere.</summary>
public sealed class PageHandler(VapidKeys vapid)
{
    // Scripts and styles of our own only: nobody can frame the page or have it talk to anybody else.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly Dictionary<string, string> Types = new()
    {
        ["index.html"] = "text/html; charset=utf-8",
        ["page.js"] = "text/javascript; charset=utf-8",
        ["worker.js"] = "text/javascript; charset=utf-8",
        ["style.css"] = "text/css; charset=utf-8",
    };

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/", http => SendAsync(http, "index.html"));
        foreach (var name in Types.Keys) endpoints.MapGet("/" + name, http => SendAsync(http, name));
        endpoints.MapGet("/key", http =>
        {
            Protect(http.Response);
            http.Response.ContentType = "text/plain";
            return http.Response.WriteAsync(vapid.Newest.PublicKey);
        });
    }

    private static async Task SendAsync(HttpContext http, string name)
    {
        Protect(http.Response);
        http.Response.ContentType = Types[name];
        await using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Annex.Push.Http.Page.{name}")
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        await file.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    private static void Protect(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
    }
}
