namespace Annex.Rpc;

/// <summary>What a listener takes from its callers.</summary>
public sealed class RpcServerOptions
{
    /// <summary>Callers show this (metadata "authorization: Bearer …"). Null: only callers on the loopback interface, and those
    /// whose certificate the listener has checked, are served.</summary>
    public RpcToken? Token { get; set; }

    /// <summary>Bytes of one request. 4 MiB is what every gRPC library starts with.</summary>
    public int MaxReceiveMessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Bytes of one reply. The other end of such a call refuses more than 4 MiB unless it was told otherwise.</summary>
    public int MaxSendMessageBytes { get; set; } = 4 * 1024 * 1024;

    public TimeProvider Time { get; set; } = TimeProvider.System;
}
