using System.Text.Json;

namespace Annex.Ctl.Backup;

/// <summary>What a copy consists of: database.dump (pg_dump's own format), files.tar, keys/, manifest.json, which is written last.</summary>
internal sealed class BackupFolder(string path)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string Database => System.IO.Path.Combine(Path, "database.dump");

    public string Files => System.IO.Path.Combine(Path, "files.tar");

    public string Keys => System.IO.Path.Combine(Path, "keys");

    private string Manifest => System.IO.Path.Combine(Path, "manifest.json");

    /// <summary>It holds messages, addresses and keys: nobody else reads it.</summary>
    public void Create()
    {
        if (Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any())
            throw new CommandFailedException($"{Path} is not empty: each copy needs a folder of its own", ExitCodes.Failed);
        Directory.CreateDirectory(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public BackupManifest Read()
    {
        if (!File.Exists(Manifest))
            throw new CommandFailedException($"{Path} holds no whole copy: manifest.json is not there", ExitCodes.Failed);
        return JsonSerializer.Deserialize<BackupManifest>(File.ReadAllText(Manifest), Json)
            ?? throw new CommandFailedException($"{Manifest} is empty", ExitCodes.Failed);
    }

    public void Write(BackupManifest manifest) => File.WriteAllText(Manifest, JsonSerializer.Serialize(manifest, Json) + "\n");
}
