using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Unicode;

namespace Annex.Xmpp.Addressing;

/// <summary>Domains by IDNA (RFC 7622 §3.2): lower case, U-labels, no trailing dot; IP literals in their canonical
/// form.</summary>
internal static class DomainPreparation
{
    // RFC 1035 §2.3.4.
    private const int MaxLabelBytes = 63;

    // Underscores are no host name's, but private networks and test servers use them, and servers accept them.
    private static readonly SearchValues<char> Plain = SearchValues.Create("-._0123456789abcdefghijklmnopqrstuvwxyz");

    private static readonly IdnMapping Idn = new() { AllowUnassigned = true, UseStd3AsciiRules = false };

    /// <summary>Of lower-case ASCII: nothing to prepare. A-labels have to become U-labels.</summary>
    public static bool IsPlainHost(ReadOnlySpan<byte> domain)
    {
        if (domain.IndexOf("xn--"u8) >= 0)
        {
            return false;
        }

        while (true)
        {
            var dot = domain.IndexOf((byte)'.');
            var label = dot < 0 ? domain : domain[..dot];
            if (label.IsEmpty || label.Length > MaxLabelBytes)
            {
                return false;
            }

            if (dot < 0)
            {
                return true;
            }

            domain = domain[(dot + 1)..];
        }
    }

    public static bool TryPrepare(ReadOnlySpan<byte> utf8, Span<byte> output, out int written)
    {
        written = 0;
        if (utf8.Length > Jid.MaxPartBytes || !Utf8.IsValid(utf8))
        {
            return false;
        }

        if (utf8.StartsWith("["u8))
        {
            return TryPrepareLiteral(utf8, output, out written);
        }

        var text = Encoding.UTF8.GetString(utf8).ToLowerInvariant();
        // RFC 7622 §3.2: one trailing dot is no part of the domain.
        text = text.EndsWith('.') ? text[..^1] : text;
        if (text.Length == 0)
        {
            return false;
        }

        var isAscii = Ascii.IsValid(text);
        if (isAscii && text.AsSpan().ContainsAnyExcept(Plain))
        {
            return false;
        }

        if (!isAscii || text.Contains("xn--", StringComparison.Ordinal))
        {
            if (!TryToUnicode(text, out text))
            {
                return false;
            }
        }
        else if (!IsPlainHost(Encoding.ASCII.GetBytes(text)))
        {
            return false;
        }

        return Utf8.FromUtf16(text, output, out _, out written) == OperationStatus.Done && written > 0;
    }

    private static bool TryToUnicode(string text, out string unicode)
    {
        unicode = "";
        try
        {
            var ascii = Idn.GetAscii(text);
            // Compatibility forms of / @ and others become plain here: then it is no domain.
            if (ascii.AsSpan().ContainsAnyExcept(Plain) || ascii.EndsWith('.'))
            {
                return false;
            }

            unicode = Idn.GetUnicode(ascii);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // RFC 7622 §3.2: IP-literal, IPv6 in brackets without a zone. RFC 5952 gives the one form to compare.
    private static bool TryPrepareLiteral(ReadOnlySpan<byte> utf8, Span<byte> output, out int written)
    {
        written = 0;
        if (!utf8.EndsWith("]"u8) || utf8.Contains((byte)'%'))
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(utf8[1..^1]);
        return text.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(text, out var address) &&
            address.AddressFamily == AddressFamily.InterNetworkV6 &&
            Utf8.TryWrite(output, CultureInfo.InvariantCulture, $"[{address}]", out written);
    }
}
