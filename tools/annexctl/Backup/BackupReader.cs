using System.Formats.Tar;
using Annex.Contracts.Status.V1;
using Annex.Ctl.Doctor;
using Grpc.Core;
using Npgsql;

namespace Annex.Ctl.Backup;

/// <summary>Puts a copy back. Nothing that is there is overwritten: the database has to be empty, the folder too, and a key that
/// is there has to be the same.</summary>
internal sealed class BackupReader(Session session, BackupFolder place, Action<string> say)
{
    public async Task<BackupManifest> RunAsync()
    {
        var manifest = place.Read();
        await RefuseWhileRunningAsync();
        await RefuseFullDatabaseAsync();
        var folder = manifest.HasFiles ? BackupPlaces.FilesOf(session.Configuration) : null;
        if (folder is not null && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new CommandFailedException($"{folder} (Upload:Directory) is not empty", ExitCodes.Failed);
        if (manifest.HasFiles && folder is null)
            throw new CommandFailedException("The copy has files, and no Upload:Directory is configured for them", ExitCodes.Failed);
        var keys = FindKeys(manifest);
        say("Restoring the database");
        await PostgresProgram.RunAsync(session, "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
            $"--dbname={new NpgsqlConnectionStringBuilder(session.Configuration.Shared.Database).Database}", place.Database);
        if (folder is not null)
        {
            say("Restoring files");
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await TarFile.ExtractToDirectoryAsync(place.Files, folder, overwriteFiles: false, session.CancellationToken);
        }
        foreach (var (from, to) in keys)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(to))!);
            File.Copy(from, to, overwrite: true);
            File.SetUnixFileMode(to, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        return manifest;
    }

    private async Task RefuseWhileRunningAsync()
    {
        foreach (var service in session.Configuration.Configured)
        {
            try
            {
                await new ServiceStatus.ServiceStatusClient(session.Find(service)).GetStatusAsync(new GetStatusRequest(), ServiceCheck.Patience(session));
            }
            catch (RpcException)
            {
                continue;
            }
            throw new CommandFailedException($"{service} runs: stop the services first", ExitCodes.Failed);
        }
    }

    private async Task RefuseFullDatabaseAsync()
    {
        try
        {
            await using var connection = new NpgsqlConnection(session.Configuration.Shared.Database + ";Pooling=false");
            await connection.OpenAsync(session.CancellationToken);
            await using var command = new NpgsqlCommand(
                "select string_agg(nspname, ', ') from pg_namespace where nspname in ('muc', 'upload', 'push', 'search')", connection);
            if (await command.ExecuteScalarAsync(session.CancellationToken) is string schemas)
                throw new CommandFailedException($"The database has the schemas {schemas} already: name an empty one (createdb)", ExitCodes.Failed);
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException)
        {
            throw new CommandFailedException($"Database: {e.Message}", ExitCodes.Failed);
        }
    }

    private List<(string From, string To)> FindKeys(BackupManifest manifest)
    {
        var places = BackupPlaces.KeysOf(session.Configuration).ToDictionary(k => k.Key, k => k.File, StringComparer.Ordinal);
        var keys = new List<(string, string)>();
        foreach (var (key, name) in manifest.Keys)
        {
            if (!places.TryGetValue(key, out var file))
                throw new CommandFailedException($"The copy has a key for {key}, which is not configured", ExitCodes.Failed);
            var from = Path.Combine(place.Keys, Path.GetFileName(name));
            if (File.Exists(file) && !File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(from)))
                throw new CommandFailedException($"{file} ({key}) is there already, and another one", ExitCodes.Failed);
            keys.Add((from, file));
        }
        return keys;
    }
}
