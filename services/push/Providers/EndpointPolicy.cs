using System.Net;
using System.Net.Sockets;

namespace Annex.Push.Providers;

/// <summary>
/// Which URLs a stranger may have us call. The name is judged before, the addresses after resolution and again at the
/// connection that is made, so that a name cannot point elsewhere in between (DNS rebinding).
/// </summary>
public sealed class EndpointPolicy(IReadOnlyCollection<string>? allowedHosts = null, bool isLoopbackAllowed = false,
    Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve = resolve ?? Dns.GetHostAddressesAsync;

    private const int MaxLength = 2048;

    /// <summary>Hosts that are allowed whatever they resolve to; where there are any, no other is.</summary>
    private readonly HashSet<string>? _allowedHosts =
        allowedHosts is { Count: > 0 } ? new(allowedHosts, StringComparer.OrdinalIgnoreCase) : null;

    /// <summary>https only, no user information, the standard port or one above 1023, no fragment, no address in odd
    /// notation.</summary>
    public bool TryParse(string? text, out Uri url)
    {
        url = null!;
        if (text is null || text.Length > MaxLength || !text.All(IsUrlCharacter)) return false;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var parsed)) return false;
        var isPlainLoopback = isLoopbackAllowed && parsed.Scheme == Uri.UriSchemeHttp && parsed.IsLoopback;
        if (parsed.Scheme != Uri.UriSchemeHttps && !isPlainLoopback) return false;
        if (parsed.UserInfo.Length > 0 || parsed.Fragment.Length > 0 || parsed.Host.Length == 0) return false;
        if (parsed.Port != 443 && parsed.Port < 1024 && !isPlainLoopback) return false;
        // A name may end in a dot, and is the same name.
        var host = parsed.IdnHost.Trim('[', ']').TrimEnd('.');
        if (_allowedHosts is not null && !_allowedHosts.Contains(host)) return false;
        // Uri reads 2130706433, 0x7f.1 and 017700000001 as IPv4 addresses: a literal counts by what it means.
        if (IPAddress.TryParse(host, out var literal)) return TryTake(parsed, IsAllowed(literal), out url);
        return TryTake(parsed, isLoopbackAllowed || !IsLocalName(host), out url);
    }

    private static bool TryTake(Uri parsed, bool isAllowed, out Uri url)
    {
        url = isAllowed ? parsed : null!;
        return isAllowed;
    }

    /// <summary>Whether a connection to this address may be made: global unicast only (IANA special-purpose
    /// registries).</summary>
    public bool IsAllowed(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address)) return isLoopbackAllowed;
        if (_allowedHosts is not null) return true;
        return address.AddressFamily == AddressFamily.InterNetwork ? IsGlobal4(address) : IsGlobal6(address);
    }

    /// <summary>Resolves, refuses, and connects to the very address that was judged.</summary>
    /// <exception cref="EndpointRefusedException">No address of the host may be called.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context,
        CancellationToken cancellationToken)
    {
        var endPoint = context.DnsEndPoint;
        var addresses = await _resolve(endPoint.Host, cancellationToken);
        var allowed = Array.FindAll(addresses, IsAllowed);
        if (allowed.Length == 0) throw new EndpointRefusedException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, endPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static bool IsUrlCharacter(char c) =>
        c is > ' ' and < (char)0x7f and not '\\' and not '"' and not '<' and not '>';

    private static bool IsLocalName(string host) =>
        !host.Contains('.', StringComparison.Ordinal)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".local", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".home.arpa", StringComparison.OrdinalIgnoreCase);

    // RFC 6890 and its registry: this network, private, shared (CGN), link-local, protocol assignments, documentation,
    // 6to4 relay, benchmarking, multicast, reserved, broadcast.
    private static bool IsGlobal4(IPAddress address)
    {
        Span<byte> b = stackalloc byte[4];
        address.TryWriteBytes(b, out _);
        return (b[0], b[1], b[2]) switch
        {
            (0 or 10 or 127, _, _) => false,
            (100, >= 64 and <= 127, _) => false,
            (169, 254, _) => false,
            (172, >= 16 and <= 31, _) => false,
            (192, 0, 0 or 2) or (192, 88, 99) or (192, 168, _) => false,
            (198, 18 or 19, _) or (198, 51, 100) => false,
            (203, 0, 113) => false,
            ( >= 224, _, _) => false,
            _ => true,
        };
    }

    // Global unicast is 2000::/3 without Teredo, ORCHID, documentation and 6to4, whose inner address could be any of
    // the above; NAT64 (64:ff9b::/96) stands outside of it and is refused likewise.
    private static bool IsGlobal6(IPAddress address)
    {
        Span<byte> b = stackalloc byte[16];
        address.TryWriteBytes(b, out _);
        if ((b[0] & 0xe0) != 0x20) return false;
        if (b[0] == 0x20 && b[1] == 0x02) return false;
        if (b[0] == 0x20 && b[1] == 0x01 && b[2] < 0x02) return false;
        return !(b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8) && !(b[0] == 0x3f && b[1] == 0xff);
    }
}
