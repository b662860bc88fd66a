using System.Security.Cryptography;
using Annex.Push.Registrations;

namespace Annex.Push;

/// <summary>The service's own keys on disk, made where there are none, readable by their owner alone.</summary>
public static class KeyFiles
{
    private const int EncryptionKeyLength = 32;

    /// <summary>Base64, 32 bytes a line, newest first.</summary>
    /// <exception cref="InvalidDataException">The file holds something else; the message names it.</exception>
    public static TargetVault Vault(string path, ILogger logger)
    {
        if (Create(path, () => Convert.ToBase64String(RandomNumberGenerator.GetBytes(EncryptionKeyLength)) + "\n"))
            Log.KeyMade(logger, "the key that encrypts tokens", path);
        try
        {
            return new TargetVault([.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)
                .Select(Convert.FromBase64String)]);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new InvalidDataException(
                $"Push:EncryptionKeyFile: {path} has to hold 32 bytes in base64 on each line.", e);
        }
    }

    /// <summary>A private key on P-256 in PEM.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isMade">Whether to make it where it is not there.</param>
    /// <param name="logger">Told of a key that was made.</param>
    public static ECDsa Vapid(string path, bool isMade, ILogger logger)
    {
        if (isMade && Create(path, NewPem)) Log.KeyMade(logger, "the key of Web Push", path);
        return ReadP256(path, "Push:WebPush:KeyFiles");
    }

    /// <exception cref="InvalidDataException">No private key on P-256; the message names the option and the
    /// file.</exception>
    public static ECDsa ReadP256(string path, string option)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            if (key.KeySize == 256) return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or IOException)
        {
            key.Dispose();
            throw new InvalidDataException($"{option}: {path} holds no private key in PEM ({e.Message})", e);
        }
        key.Dispose();
        throw new InvalidDataException($"{option}: the key in {path} is not on the curve P-256");
    }

    private static string NewPem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    // Two processes may start at once: whoever is first to create the file has made the key, and it is never seen half
    // written.
    private static bool Create(string path, Func<string> content)
    {
        if (File.Exists(path)) return false;
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var draft = $"{full}.{Environment.ProcessId}.{Guid.NewGuid():N}";
        var mode = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(draft, mode)) writer.Write(content());
        try
        {
            File.Move(draft, full, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(full))
        {
            File.Delete(draft);
            return false;
        }
    }
}
