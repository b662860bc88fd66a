namespace Grpc.Core;

/// <summary>One call as its service sees it.</summary>
public abstract class ServerCallContext
{
    /// <summary>"/package.Service/Method".</summary>
    public abstract string Method { get; }

    /// <summary>The authority that the caller named; empty in process.</summary>
    public abstract string Host { get; }

    /// <summary>"ipv4:address:port", "ipv6:[address]:port" or "inprocess".</summary>
    public abstract string Peer { get; }

    /// <summary>UTC; <see cref="DateTime.MaxValue"/> where the caller set none.</summary>
    public abstract DateTime Deadline { get; }

    public abstract Metadata RequestHeaders { get; }

    /// <summary>Cancelled when the caller goes away or the deadline passes.</summary>
    public abstract CancellationToken CancellationToken { get; }

    /// <summary>Sent with the status.</summary>
    public Metadata ResponseTrailers { get; } = [];

    /// <summary>Sent when the method returns normally. A reply that belongs to it is dropped unless it is OK.</summary>
    public Status Status { get; set; } = Status.DefaultSuccess;

    public IDictionary<object, object> UserState { get; } = new Dictionary<object, object>();

    /// <summary>Sends headers before the first message; once, or not at all.</summary>
    public abstract Task WriteResponseHeadersAsync(Metadata responseHeaders);
}
