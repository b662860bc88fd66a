namespace Annex.Interop.Documents;

/// <summary>A folder for one block, gone with it.</summary>
internal sealed class PrivateDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("annex-doc-").FullName;

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
