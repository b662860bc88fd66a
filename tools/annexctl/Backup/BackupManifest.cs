namespace Annex.Ctl.Backup;

/// <summary>What a copy holds.</summary>
/// <param name="Version">The release of annexctl that made it.</param>
/// <param name="HasFiles">False where the files stand in an S3 store, or upload is not configured.</param>
/// <param name="Keys">Configuration key and the file's name below keys/.</param>
internal sealed record BackupManifest(
    string Version, DateTimeOffset At, long DatabaseBytes, bool HasFiles, int Files, long FileBytes,
    IReadOnlyDictionary<string, string> Keys, IReadOnlyList<string> Notes);
