namespace Annex.Upload.Blobs.FileSystem;

/// <summary>Tells a disk without space from any other failure.</summary>
internal static class FullDisk
{
    // Linux' error numbers, as .NET passes them on.
    private const int NoSpaceLeft = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT
    private const int FileTooLarge = 27; // EFBIG

    // What .NET says where the space was to be set aside beforehand, for the first and the last of these.
    private const int NotSetAside = unchecked((int)0x80131620);

    public static BlobStoreException Explain(string message, Exception exception) => new(message, exception)
    {
        IsFull = exception is IOException { HResult: NoSpaceLeft or QuotaExceeded or FileTooLarge or NotSetAside },
    };
}
