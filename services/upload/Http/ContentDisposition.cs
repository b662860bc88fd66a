using System.Text;

namespace Annex.Upload.Http;

/// <summary>Content-Disposition of a file (RFC 6266): an ASCII name for everyone and the true one in RFC 8187's form.</summary>
public static class ContentDisposition
{
    public static string Of(string name, bool isInline)
    {
        var ascii = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            ascii.Append(rune.Value is >= ' ' and <= '~' and not '"' and not '\\' and not '%' ? (char)rune.Value : '_');
        }
        return $"{(isInline ? "inline" : "attachment")}; filename=\"{ascii}\"; filename*=UTF-8''{Uri.EscapeDataString(name)}";
    }
}
