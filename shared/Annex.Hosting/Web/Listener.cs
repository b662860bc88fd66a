using Annex.Hosting.Configuration;
using Annex.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Annex.Hosting.Web;

/// <summary>One address, of one kind, for one service or several, with a pipeline of its own: what is mapped for operators
/// cannot be reached through the users' port, whatever its path.</summary>
internal sealed class Listener(ListenerKind kind, ListenAddress address, HttpOptions? http)
{
    public ListenerKind Kind => kind;

    public ListenAddress Address => address;

    public HttpOptions? Http => http;

    /// <summary>The services that share it.</summary>
    public HashSet<string> Services { get; } = new(StringComparer.Ordinal);

    /// <summary>Configuration keys that name the address.</summary>
    public List<string> Keys { get; } = [];

    /// <summary>Build the pipeline's end, in order; the first is the whole of it for Rpc.</summary>
    public List<Action<IApplicationBuilder>> Branches { get; } = [];

    /// <summary>Ops: what the status page asks for; null where it is open, which is on loopback alone.</summary>
    public RpcToken? Token { get; set; }

    /// <summary>The same as configured, to compare.</summary>
    public string? TokenText { get; set; }

    public bool IsTls => !string.IsNullOrEmpty(http?.Certificate);

    public RequestDelegate? Pipeline { get; set; }

    /// <summary>After the start its endpoint is the one really bound (port 0 became a number).</summary>
    public ListenOptions? Bound { get; set; }
}
