using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace Annex.Hosting.Configuration;

/// <summary>Where a listener stands: "127.0.0.1:5401", "[::1]:5401", "localhost:5401", "*:5401" or "5401" (every address).
/// Port 0 takes a free one.</summary>
public sealed record ListenAddress(IPAddress Address, int Port)
{
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    public override string ToString() => new IPEndPoint(Address, Port).ToString();

    public static bool TryParse(string? text, [NotNullWhen(true)] out ListenAddress? address)
    {
        address = null;
        if (string.IsNullOrWhiteSpace(text))
            return false;
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "*" : text[..colon];
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port > IPEndPoint.MaxPort)
            return false;
        IPAddress? ip;
        if (host is "*" or "+")
            ip = IPAddress.IPv6Any;
        else if (host == "localhost")
            ip = IPAddress.Loopback;
        else if (host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('['))
            return false;
        else if (!IPAddress.TryParse(host.Trim('[', ']'), out ip))
            return false;
        address = new ListenAddress(ip, port);
        return true;
    }
}
