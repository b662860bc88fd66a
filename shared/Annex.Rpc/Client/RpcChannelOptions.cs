using System.Security.Cryptography.X509Certificates;

namespace Annex.Rpc;

/// <summary>How a channel reaches its peer.</summary>
public sealed class RpcChannelOptions
{
    /// <summary>Shown to the peer with every call.</summary>
    public RpcToken? Token { get; set; }

    /// <summary>With its private key: what the peer asks for where it demands mutual TLS.</summary>
    public X509Certificate2? Certificate { get; set; }

    /// <summary>Who may have issued the peer's certificate; null: the system's authorities.</summary>
    public X509Certificate2Collection? Authority { get; set; }

    /// <summary>Bytes of one reply.</summary>
    public int MaxReceiveMessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Bytes of one request.</summary>
    public int MaxSendMessageBytes { get; set; } = 4 * 1024 * 1024;

    internal static readonly TimeSpan UnaryTimeout = TimeSpan.FromSeconds(30);

    /// <summary>For unary calls that set no deadline. A stream without one lasts until its reader leaves.</summary>
    public TimeSpan DefaultTimeout { get; set; } = UnaryTimeout;

    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    public TimeProvider Time { get; set; } = TimeProvider.System;
}
