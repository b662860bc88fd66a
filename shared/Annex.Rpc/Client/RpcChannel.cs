using System.Net;
using Grpc.Core;

namespace Annex.Rpc;

/// <summary>
/// Connections to one peer, made when they are needed and remade when they break; for generated clients
/// (<c>new RoomDirectory.RoomDirectoryClient(channel)</c>). Safe to share; keep one per peer. http addresses are spoken to in
/// HTTP/2 without TLS.
/// </summary>
public sealed class RpcChannel : ChannelBase, IDisposable
{
    private readonly HttpClient _http;
    private readonly RpcChannelOptions _options;

    private RpcChannel(Uri address, RpcChannelOptions options, HttpMessageHandler? handler)
        : base(address.Authority)
    {
        _options = options;
        _http = new HttpClient(handler ?? CreateHandler(options))
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
            // Error pages of a proxy are read no further than this.
            MaxResponseContentBufferSize = 64 * 1024,
        };
    }

    /// <param name="address">http(s)://host:port</param>
    /// <exception cref="UriFormatException">Not such an address.</exception>
    public static RpcChannel ForAddress(string address, RpcChannelOptions? options = null) =>
        ForAddress(address, options, handler: null);

    /// <summary>With a transport of the caller's (tests without a socket).</summary>
    internal static RpcChannel ForAddress(string address, RpcChannelOptions? options, HttpMessageHandler? handler)
    {
        var uri = new Uri(address, UriKind.Absolute);
        if (uri.Scheme is not ("http" or "https") || uri.PathAndQuery != "/")
            throw new UriFormatException($"'{address}' is no address of the form http(s)://host:port");
        return new RpcChannel(uri, options ?? new RpcChannelOptions(), handler);
    }

    public override CallInvoker CreateCallInvoker() => new HttpInvoker(_http, _options);

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler CreateHandler(RpcChannelOptions options) => new()
    {
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = options.ConnectTimeout,
        // A peer that vanished without a word is noticed by a watcher within about a minute.
        KeepAlivePingDelay = TimeSpan.FromSeconds(45),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        // Names are looked up again now and then, so that a peer can move.
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        SslOptions = RpcTls.ForClient(options.Certificate, options.Authority),
    };
}
