namespace Annex.Fuzz;

/// <summary>Seeds/ holds where to begin, Crashes/ every input that ever broke something; one folder a target in each.
/// The files are bytes, not text.</summary>
public static class FuzzCorpus
{
    /// <summary>This project's folder, wherever the tests run from.</summary>
    public static string Folder { get; } = Find();

    public static IEnumerable<string> Files(string folder, string target) =>
        new[] { "Seeds", "Crashes" }.Select(kind => Path.Combine(folder, kind, target)).Where(Directory.Exists)
            .SelectMany(Directory.EnumerateFiles).Order(StringComparer.Ordinal);

    public static IEnumerable<byte[]> Read(string folder, string target) =>
        Files(folder, target).Select(File.ReadAllBytes);

    public static string KeepCrash(string target, byte[] input)
    {
        string folder = Path.Combine(Folder, "Crashes", target);
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder,
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(input))[..12] + ".bin");
        File.WriteAllBytes(path, input);
        return path;
    }

    private static string Find([System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        Path.GetDirectoryName(here)!;
}
