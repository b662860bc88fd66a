using System.Net;
using System.Net.Sockets;

namespace Annex.Faults;

internal static class Ports
{
    /// <summary>One on the loopback interface that nobody listens on.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
