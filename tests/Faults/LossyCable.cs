using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Annex.Faults;

/// <summary>
/// A cable whose every packet passes through this process, which loses some: two of the kernel's TUN devices and a thread for each
/// direction. (The kernel's own tool for this, netem, is not part of every kernel.)
/// </summary>
internal sealed class LossyCable : IDisposable
{
    // linux/if_tun.h: TUNSETIFF, and IFF_TUN | IFF_NO_PI: whole IP packets and nothing before them.
    private const nuint SetInterface = 0x400454ca;
    private const short Flags = 0x1001;
    private const int NameLength = 16;
    private const int RequestLength = 40;
    private const int LongestPacket = 65_536;

    private readonly FileStream _near;
    private readonly FileStream _far;
    private readonly Thread[] _threads;
    private int _lost;

    /// <summary>Makes both ends, as devices of this network.</summary>
    public LossyCable(string near, string far)
    {
        _near = Open(near);
        _far = Open(far);
        _threads = [Pass(_near, _far), Pass(_far, _near)];
    }

    /// <summary>Of a hundred packets so many are lost, in either direction.</summary>
    public int LossPercent { get; set; }

    public int LostCount => Volatile.Read(ref _lost);

    /// <summary>When the devices have been deleted: that is what wakes the threads.</summary>
    public void Dispose()
    {
        foreach (var thread in _threads)
            thread.Join();
        _near.Dispose();
        _far.Dispose();
    }

    private static FileStream Open(string name)
    {
        var handle = File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var request = new byte[RequestLength];
        System.Text.Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request.AsSpan(NameLength), Flags);
        if (Control(handle, SetInterface, request) != 0)
            throw new InvalidOperationException($"No device {name} could be made: {Marshal.GetLastPInvokeErrorMessage()}");
        return new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0);
    }

    private Thread Pass(FileStream from, FileStream to)
    {
        var thread = new Thread(() =>
        {
            var packet = new byte[LongestPacket];
            try
            {
                while (from.Read(packet) is > 0 and var length)
                {
                    if (Random.Shared.Next(100) < LossPercent)
                        Interlocked.Increment(ref _lost);
                    else
                        Write(to, packet.AsSpan(0, length));
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The device is gone.
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return thread;
    }

    private static void Write(FileStream to, ReadOnlySpan<byte> packet)
    {
        try
        {
            to.Write(packet);
        }
        catch (IOException)
        {
            // That end is not up: nobody is there yet, or any more.
        }
    }

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static extern int Control(SafeFileHandle file, nuint request, byte[] argument);
}
