namespace Annex.Hosting.Web;

/// <summary>Who a listener is for.</summary>
public enum ListenerKind
{
    /// <summary>Users.</summary>
    Http,

    /// <summary>Other services and annexctl (gRPC).</summary>
    Rpc,

    /// <summary>Operators.</summary>
    Ops,
}
