using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Annex.Push.Tests;

public sealed class KeyFilesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("annex-keys-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Keys_that_are_not_there_are_made_for_their_owner_alone_and_kept()
    {
        var path = Path.Combine(_directory.FullName, "made", "push.keys");
        KeyFiles.Vault(path, NullLogger.Instance);
        var text = File.ReadAllText(path);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite,
            File.GetUnixFileMode(path));
        KeyFiles.Vault(path, NullLogger.Instance);
        Assert.Equal(text, File.ReadAllText(path));
        var pem = Path.Combine(_directory.FullName, "vapid.pem");
        using var made = KeyFiles.Vapid(pem, isMade: true, NullLogger.Instance);
        using var read = KeyFiles.Vapid(pem, isMade: true, NullLogger.Instance);
        Assert.Equal(made.ExportParameters(false).Q.X, read.ExportParameters(false).Q.X);
    }

    [Fact]
    public void A_file_that_holds_something_else_is_named()
    {
        var path = Path.Combine(_directory.FullName, "broken");
        File.WriteAllText(path, "not a key\n");
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() =>
            KeyFiles.Vault(path, NullLogger.Instance)).Message, StringComparison.Ordinal);
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => KeyFiles.ReadP256(path, "x")).Message,
            StringComparison.Ordinal);
    }
}
