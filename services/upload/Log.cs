namespace Annex.Upload;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "files are served under {PublicUrl}, kept in {Store}")]
    public static partial void Serving(ILogger logger, Uri publicUrl, string store);

    [LoggerMessage(2, LogLevel.Warning,
        "Upload:Http:PublicUrl is plain http: for trying things out on this machine only. XEP-0363 demands TLS")]
    public static partial void PlainHttp(ILogger logger);

    [LoggerMessage(3, LogLevel.Warning,
        "Upload:Http:PublicUrl is https, but neither Http:Certificate nor Http:TrustedProxies is set: something in front has to do TLS")]
    public static partial void NobodyDoesTls(ILogger logger);

    [LoggerMessage(4, LogLevel.Warning, "{What} failed and will be tried again")]
    public static partial void SweepFailed(ILogger logger, string what, Exception exception);

    [LoggerMessage(5, LogLevel.Warning, "a blob could not be removed now; the next sweep will")]
    public static partial void BlobLeft(ILogger logger, Exception exception);

    [LoggerMessage(6, LogLevel.Information, "mended: {Blobs} blobs without a file, {Files} files without a blob")]
    public static partial void Mended(ILogger logger, int blobs, int files);

    [LoggerMessage(7, LogLevel.Warning, "the scanner found {Signature} in an upload, which was refused")]
    public static partial void Infected(ILogger logger, string signature);

    [LoggerMessage(8, LogLevel.Information, "a pre-signed upload of {Length} bytes where {Size} were announced was dropped")]
    public static partial void StagedLengthWrong(ILogger logger, long length, long size);

    [LoggerMessage(9, LogLevel.Error, "a file's blob is missing from the store")]
    public static partial void BlobMissing(ILogger logger);

    [LoggerMessage(10, LogLevel.Warning, "the store refused work")]
    public static partial void StoreFailed(ILogger logger, Exception exception);

    [LoggerMessage(11, LogLevel.Warning, "the scanner gave no verdict; uploads are refused until it does")]
    public static partial void ScannerFailed(ILogger logger, Exception exception);

    [LoggerMessage(12, LogLevel.Debug, "upload refused with {Status}: {Reason}")]
    public static partial void UploadRefused(ILogger logger, int status, string reason);

    [LoggerMessage(13, LogLevel.Information, "all files of a user were deleted: {Files} files, {Bytes} bytes, reason {Reason}")]
    public static partial void UserDeleted(ILogger logger, int files, long bytes, string reason);

    [LoggerMessage(15, LogLevel.Information, "{What} works again")]
    public static partial void SweepWorksAgain(ILogger logger, string what);

    [LoggerMessage(14, LogLevel.Warning, "the database is away; requests are answered with 503")]
    public static partial void DatabaseAway(ILogger logger, Exception exception);
}
