namespace Annex.Ctl.Backup;

/// <summary>What Annex keeps outside the database, by the services' own keys.</summary>
internal static class BackupPlaces
{
    /// <summary>Null where the files stand in an S3 store, or upload is not configured.</summary>
    public static string? FilesOf(SuiteConfiguration configuration) =>
        !configuration.Configured.Contains("Upload")
            || string.Equals(configuration.Keys["Upload:Store"], "S3", StringComparison.OrdinalIgnoreCase) ? null
        : Path.GetFullPath(configuration.Keys["Upload:Directory"] is { Length: > 0 } folder ? folder : "data/upload");

    /// <summary>Key files that a service made, without which what is in the database cannot be read or used any more.</summary>
    public static IReadOnlyList<(string Key, string File)> KeysOf(SuiteConfiguration configuration)
    {
        var keys = new List<(string, string)>();
        if (!configuration.Configured.Contains("Push"))
            return keys;
        if (configuration.Keys["Push:EncryptionKeyFile"] is { Length: > 0 } file)
            keys.Add(("Push:EncryptionKeyFile", file));
        var vapid = configuration.Keys.GetSection("Push:WebPush:KeyFiles");
        var files = vapid.Value?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            ?? [.. vapid.GetChildren().Select(c => c.Value!).Where(v => !string.IsNullOrEmpty(v))];
        keys.AddRange(files.Select((f, i) => ($"Push:WebPush:KeyFiles:{i}", f)));
        return keys;
    }
}
