using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Extensions;

namespace Annex.Search.Web;

/// <summary>Addresses of the pages, under whatever URL the service is reached.</summary>
public sealed class Links(Uri publicUrl)
{
    /// <summary>Without a slash at the end; empty at the root of a host.</summary>
    public string Base { get; } = publicUrl.AbsolutePath.TrimEnd('/');

    public string Host => publicUrl.Host;

    public string Home => Base + "/";

    public string Room(string jid) => $"{Base}/room/{Escape(jid)}";

    public string Avatar(string jid) => $"{Base}/avatar/v1/{Escape(jid)}";

    public string QrCode(string jid) => $"{Base}/qr/{Escape(jid)}.svg";

    public string Badge(string jid) => $"{Base}/api/1.0/badge?address={Uri.EscapeDataString(jid)}";

    public string Page(int page) => page <= 1 ? Home : $"{Base}/rooms/{page}";

    public string Tag(string tag) => Search([new("q", ""), new("tag", tag)]);

    public string Language(string language) => Search([new("q", ""), new("language", language)]);

    public string Search(IEnumerable<KeyValuePair<string, string>> parameters) =>
        $"{Base}/search{new QueryBuilder(parameters).ToQueryString()}";

    public string At(string path) => Base + path;

    /// <summary>With scheme and host, for what leaves the pages.</summary>
    public string Absolute(string path) => publicUrl.GetLeftPart(UriPartial.Authority) + path;

    /// <summary>RFC 5122 with XEP-0147's join: what a client opens.</summary>
    public static string Join(string jid) => $"xmpp:{Escape(jid)}?join";

    /// <summary>An address to read: a host in letters that may look like others is named in ASCII (RFC 5890, A-labels) beside it.</summary>
    public static string Readable(string jid)
    {
        var host = jid[(jid.IndexOf('@', StringComparison.Ordinal) + 1)..];
        if (Ascii.IsValid(host))
            return jid;
        try
        {
            return $"{jid} ({new IdnMapping().GetAscii(host)})";
        }
        catch (ArgumentException)
        {
            // No host name: it is shown as it came.
            return jid;
        }
    }

    // The @ stays: it is allowed in a path, and what people look for in an address.
    private static string Escape(string jid) => Uri.EscapeDataString(jid).Replace("%40", "@", StringComparison.Ordinal);
}
