namespace Annex.Ctl.Doctor;

/// <summary>Room where files go. (PostgreSQL's disk is another machine's matter, as often as not.)</summary>
internal static class DiskCheck
{
    // The largest upload by default, twice; below it uploads begin to fail.
    private const long Least = 256L * 1024 * 1024;

    public static void Run(Examination examination)
    {
        if (examination.IsConfigured("Upload") && !IsS3(examination))
            Look(examination, "Upload", "Upload:Directory", examination.Configuration.Keys["Upload:Directory"]);
        if (examination.IsConfigured("Push"))
            Look(examination, "Push", "Push:EncryptionKeyFile", Path.GetDirectoryName(examination.Configuration.Keys["Push:EncryptionKeyFile"]));
        Look(examination, null, "the temporary folder", Path.GetTempPath());
    }

    private static bool IsS3(Examination examination) =>
        string.Equals(examination.Configuration.Keys["Upload:Store"], "S3", StringComparison.OrdinalIgnoreCase);

    private static void Look(Examination examination, string? service, string key, string? path)
    {
        if (string.IsNullOrEmpty(path))
            return;
        var folder = Path.GetFullPath(path);
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent)
            folder = parent;
        try
        {
            var drive = new DriveInfo(folder);
            var (free, total) = (drive.AvailableFreeSpace, Math.Max(1, drive.TotalSize));
            var text = $"{Output.Bytes(free)} of {Output.Bytes(total)} are free where {key} is ({folder})";
            const string Cure = "Free space or enlarge the file system; for uploads set shorter lifetimes or quotas, or use an S3 store.";
            if (free < Least || free * 100 < total)
                examination.Problem("disk", service, $"The disk is full: {text}.", Cure);
            else if (free * 20 < total)
                examination.Warn("disk", service, $"The disk is nearly full: {text}.", Cure);
            else
                examination.Good("disk", text, service);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            examination.Warn("disk", service, $"{key} ({folder}) cannot be looked at: {e.Message}",
                "Run the doctor on the service's machine, as a user who may read the folder.");
        }
    }
}
