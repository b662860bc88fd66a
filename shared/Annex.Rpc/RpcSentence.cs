using System.Globalization;
using System.Text;

namespace Annex.Rpc;

/// <summary>grpc-message: UTF-8, everything outside printable ASCII and the percent sign itself percent-encoded.</summary>
internal static class RpcSentence
{
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~') && !text.Contains('%', StringComparison.Ordinal))
            return text;
        var encoded = new StringBuilder(text.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b is >= 0x20 and <= 0x7E and not (byte)'%')
                encoded.Append((char)b);
            else
                encoded.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return encoded.ToString();
    }

    public static string Decode(string text) => Uri.UnescapeDataString(text);
}
