using System.Security.Cryptography;
using System.Text;
using Annex.Upload.Handlers;
using Annex.Upload.Slots;
using Annex.Xmpp.Addressing;

namespace Annex.Upload.Http;

/// <summary>ejabberd's service_url: its mod_http_upload asks us for a slot over HTTP and hands it on. Two lines, the PUT and the
/// GET URL; 402, 403 and 413 become the stanza errors that belong to them.</summary>
public sealed class ServiceUrlHandler(SlotDesk desk, UploadOptions options)
{
    public const string Prefix = "ejabberd/";

    public bool IsEnabled => options.External.ServiceUrlSecret.Length > 0;

    /// <param name="secret">The last segment of the path.</param>
    public async Task HandleAsync(HttpContext http, string secret)
    {
        var isKnown = CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(options.External.ServiceUrlSecret));
        if (!IsEnabled || !isKnown || !HttpMethods.IsGet(http.Request.Method)) throw new RefusedException(Refusal.NotFound);
        var query = http.Request.Query;
        MediaType? type = null;
        if (!Jid.TryParse(query["jid"].FirstOrDefault(), out var jid)
            || query["name"].FirstOrDefault() is not { Length: > 0 } name
            || !SlotRequest.TryParseSize(query["size"].FirstOrDefault(), out var size)
            || (query["content_type"].FirstOrDefault() is { Length: > 0 } text && !MediaType.TryParse(text, out type)))
        {
            throw new RefusedException(new Refusal(StatusCodes.Status400BadRequest, "jid, name, size or content_type is wrong."));
        }
        var grant = await desk.IssueAsync(jid, new SlotRequest(name, size, type), UploadNamespaces.Upload, isInUrl: true,
            http.RequestAborted);
        if (grant.Slot is not { } slot)
        {
            throw new RefusedException(new Refusal(grant.Error!.HttpStatus, grant.Error.Text ?? "refused"));
        }
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        // ejabberd percent-encodes what it gets, so it is given the URLs unescaped. (A name never has a percent sign.)
        await http.Response.WriteAsync($"{Unescape(slot.Put)}\n{Unescape(slot.Get)}", http.RequestAborted);
    }

    private static string Unescape(Uri url) => Uri.UnescapeDataString(url.AbsoluteUri);
}
