using System.Runtime.InteropServices;

namespace Annex.Upload.Blobs.FileSystem;

/// <summary>
/// fsync of a directory: only then does a rename outlive a power failure. The class library opens no directories, so this is
/// done by the C library, on Linux and the BSDs; elsewhere the file system is trusted.
/// </summary>
internal static class DirectorySync
{
    private const int ReadOnly = 0;

    public static void Flush(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = open(directory, ReadOnly);
        if (descriptor < 0) throw new IOException($"cannot open a directory, errno {Marshal.GetLastPInvokeError()}");
        try
        {
            if (fsync(descriptor) != 0) throw new IOException($"fsync failed, errno {Marshal.GetLastPInvokeError()}");
        }
        finally
        {
            _ = close(descriptor);
        }
    }

#pragma warning disable IDE1006, CA2101, SYSLIB1054 // the C library's own names; UTF-8 paths; no unsafe code here
    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fsync(int descriptor);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int descriptor);
#pragma warning restore IDE1006, CA2101, SYSLIB1054
}
