namespace Annex.Faults;

/// <summary>A file system of a few megabytes in memory, which can be filled to the last byte and emptied again.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _filler;

    public SmallDisk(int megabytes)
    {
        // Servers that run as another user have to get there.
        Path = System.IO.Path.Combine("/var/tmp", $"annex-disk.{Guid.NewGuid():N}");
        Directory.CreateDirectory(Path);
        if (!RootFactAttribute.Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=0755", "tmpfs", Path))
            throw new InvalidOperationException("No disk could be mounted.");
        _filler = System.IO.Path.Combine(Path, "filler");
    }

    public string Path { get; }

    /// <summary>Takes every byte that is left.</summary>
    public void Fill()
    {
        var block = new byte[64 * 1024];
        using var file = new FileStream(_filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var size = block.Length; size >= 1; size /= 2)
        {
            try
            {
                while (true)
                    file.Write(block, 0, size);
            }
            catch (IOException)
            {
                // Full for pieces of this size.
            }
        }
    }

    public void MakeRoom() => File.Delete(_filler);

    public void Dispose()
    {
        // Lazily: a server's last process may still close a file.
        RootFactAttribute.Run("umount", "-l", Path);
        Directory.Delete(Path, recursive: true);
    }
}
