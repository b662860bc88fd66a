using System.Net;

namespace Annex.Faults;

/// <summary>
/// A network of its own for one process, with one cable to this one. The cable can be pulled: packets are lost and nobody is told,
/// as when a switch dies. What the process needs from here it reaches by <see cref="Relay"/>s on <see cref="Here"/>.
/// </summary>
internal sealed class PrivateNetwork : IDisposable
{
    private static int _count;

    private readonly string _name;
    private readonly string _cable;

    /// <param name="isLossy">Whether the cable is one that can lose packets one by one.</param>
    public PrivateNetwork(bool isLossy = false)
    {
        var number = (Environment.ProcessId * 7 + Interlocked.Increment(ref _count)) % 16_000;
        _name = $"annex-{Environment.ProcessId}-{number}";
        _cable = $"ax{number}";
        // Networks of four addresses inside 10.213.0.0/16, which is private (RFC 1918).
        var address = number * 4;
        var (here, there) = ($"10.213.{address / 256}.{(address % 256) + 1}", $"10.213.{address / 256}.{(address % 256) + 2}");
        Here = IPAddress.Parse(here);
        Ip("netns", "add", _name);
        if (isLossy)
            Lossy = new LossyCable(_cable, _cable + "b");
        else
            Ip("link", "add", _cable, "type", "veth", "peer", "name", _cable + "b");
        Ip("link", "set", _cable + "b", "netns", _name);
        Ip("addr", "add", here + "/30", "dev", _cable);
        Ip("link", "set", _cable, "up");
        Ip("-n", _name, "addr", "add", there + "/30", "dev", _cable + "b");
        Ip("-n", _name, "link", "set", _cable + "b", "up");
        Ip("-n", _name, "link", "set", "lo", "up");
    }

    /// <summary>This side's address on the cable.</summary>
    public IPAddress Here { get; }

    /// <summary>Null: the cable loses nothing until it is cut.</summary>
    public LossyCable? Lossy { get; }

    /// <summary>Runs a command inside.</summary>
    public string[] Launcher => ["ip", "netns", "exec", _name];

    public void Cut() => Ip("link", "set", _cable, "down");

    public void Mend() => Ip("link", "set", _cable, "up");

    public void Dispose()
    {
        RootFactAttribute.Run("ip", "link", "del", _cable);
        RootFactAttribute.Run("ip", "netns", "del", _name);
        Lossy?.Dispose();
    }

    private static void Ip(params string[] arguments)
    {
        if (!RootFactAttribute.Run("ip", arguments))
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)} failed.");
    }
}
