using System.Diagnostics.CodeAnalysis;

namespace Annex.Upload.Slots;

/// <summary>From paths to the URLs that the world sees, and back.</summary>
public sealed class SlotUrls
{
    private const string TokenSegment = "t/";

    private readonly string _base;
    private readonly string _prefix;

    /// <param name="publicUrl">Absolute, with or without a path.</param>
    public SlotUrls(Uri publicUrl)
    {
        _base = publicUrl.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/";
        _prefix = publicUrl.AbsolutePath.Trim('/');
        if (_prefix.Length > 0) _prefix += "/";
    }

    public Uri Get(string path) => new(_base + SlotPath.Escape(path));

    /// <summary>Where to put, with the token in the path: for clients that can send no header. In a query it would not survive
    /// ejabberd, which escapes URLs that it is given.</summary>
    public Uri Put(string path, string token) => new($"{_base}{TokenSegment}{token}/{SlotPath.Escape(path)}");

    /// <summary>Takes the token out of such a path, if there is one.</summary>
    public static string? TakeToken(ref string path)
    {
        if (!path.StartsWith(TokenSegment, StringComparison.Ordinal)) return null;
        var end = path.IndexOf('/', TokenSegment.Length);
        if (end - TokenSegment.Length != UploadToken.Length) return null;
        var token = path[TokenSegment.Length..end];
        path = path[(end + 1)..];
        return token;
    }

    /// <summary>The path of a file from a request's path, unescaped: with the public URL's own path in front, or without it
    /// where the proxy takes it away.</summary>
    public string Local(string requestPath)
    {
        var path = requestPath.StartsWith('/') ? requestPath[1..] : requestPath;
        return _prefix.Length > 0 && path.StartsWith(_prefix, StringComparison.Ordinal) ? path[_prefix.Length..] : path;
    }

    /// <summary>The path of a file from its URL; false for a URL that is not ours.</summary>
    public bool TryGetPath(string url, [NotNullWhen(true)] out string? path)
    {
        path = null;
        // Everything but the path is compared as the URI parser wrote it, so that case and default ports do not matter.
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri)) return false;
        var text = uri.GetLeftPart(UriPartial.Path);
        if (!text.StartsWith(_base, StringComparison.Ordinal)) return false;
        path = Uri.UnescapeDataString(text[_base.Length..]);
        return SlotPath.IsPlausible(path);
    }
}
