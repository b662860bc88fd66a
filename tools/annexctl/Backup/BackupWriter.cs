using System.Formats.Tar;
using Annex.Hosting.Observability;

namespace Annex.Ctl.Backup;

/// <summary>
/// Copies what Annex keeps, while it runs. First the database in one snapshot, then the files: a file that comes in between is
/// copied without a row, which upload clears away; the other order would leave rows without their file.
/// </summary>
internal sealed class BackupWriter(Session session, BackupFolder place, Action<string> say)
{
    public async Task<BackupManifest> RunAsync()
    {
        if (string.IsNullOrEmpty(session.Configuration.Shared.Database))
            throw new CommandFailedException("No Database is configured", ExitCodes.Usage);
        place.Create();
        say("Copying the database");
        await PostgresProgram.RunAsync(session, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", $"--file={place.Database}");
        var notes = new List<string>();
        var (files, bytes) = (0, 0L);
        var folder = BackupPlaces.FilesOf(session.Configuration);
        if (folder is not null && Directory.Exists(folder))
            (files, bytes) = await CopyFilesAsync(folder);
        else if (session.Configuration.Configured.Contains("Upload"))
            notes.Add(folder is null ? "The files are in the S3 store, which has to be copied by its own means." : $"There is no {folder} yet.");
        var keys = CopyKeys(notes);
        var manifest = new BackupManifest(Telemetry.Version, DateTimeOffset.UtcNow, new FileInfo(place.Database).Length,
            File.Exists(place.Files), files, bytes, keys, notes);
        place.Write(manifest);
        return manifest;
    }

    private async Task<(int Files, long Bytes)> CopyFilesAsync(string folder)
    {
        var (files, bytes) = (0, 0L);
        await using var stream = new FileStream(place.Files, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await using var tar = new TarWriter(stream, TarEntryFormat.Pax);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            session.CancellationToken.ThrowIfCancellationRequested();
            try
            {
                await tar.WriteEntryAsync(file, Path.GetRelativePath(folder, file), session.CancellationToken);
                bytes += new FileInfo(file).Length;
                if (++files % 100 == 0)
                    say($"Copying files: {files}");
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Deleted in this moment, or an upload that has found its place.
            }
        }
        return (files, bytes);
    }

    private Dictionary<string, string> CopyKeys(List<string> notes)
    {
        var copied = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, file) in BackupPlaces.KeysOf(session.Configuration))
        {
            if (!File.Exists(file))
            {
                notes.Add($"{key}: there is no {file}; without it what push has encrypted is lost.");
                continue;
            }
            Directory.CreateDirectory(place.Keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var name = key.Replace(':', '.');
            File.Copy(file, Path.Combine(place.Keys, name));
            File.SetUnixFileMode(Path.Combine(place.Keys, name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            copied[key] = name;
        }
        return copied;
    }
}
