using System.Net;
using System.Net.Sockets;

namespace Annex.Testing.Servers;

/// <summary>Ports on the loopback interface for programs that are told where to listen. Below those that the kernel gives to outgoing
/// connections, one of which could take a port between its choice and its use; beside those of deploy/servers and ./run; and never the
/// same one twice in a process.</summary>
public static class FreePorts
{
    private const int First = 10_000;
    private const int Count = 5_000;

    // Several test processes run at once.
    private static int _last = Random.Shared.Next(Count);

    public static int Next()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // In use: the next one.
            }
        }
        throw new InvalidOperationException("No port is free.");
    }
}
