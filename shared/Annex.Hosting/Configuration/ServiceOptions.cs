using Annex.Hosting.Storage;
using Annex.Xmpp.Streams;

namespace Annex.Hosting.Configuration;

/// <summary>The keys that every service's section has, beside its own.</summary>
public sealed class ServiceOptions
{
    /// <summary>Whether the service runs. Default: yes in a process of its own; in `host`, when it has a Component:Jid.</summary>
    public bool? Enabled { get; set; }

    public ComponentOptions Component { get; set; } = new();

    public HttpOptions Http { get; set; } = new();

    public RpcOptions Rpc { get; set; } = new();

    public OpsOptions Ops { get; set; } = new();

    public LeaseOptions Lease { get; set; } = new();
}
