namespace Annex.Xmpp.Streams;

internal static class SecretFile
{
    /// <summary>The secret, read anew for each attempt, so that a corrected file is found without a restart.</summary>
    /// <exception cref="SecretFileException">The file cannot be read.</exception>
    public static string Read(ComponentOptions options)
    {
        if (options.SecretFile is not { Length: > 0 } file)
            return options.Secret ?? "";
        try
        {
            return File.ReadLines(file).FirstOrDefault()?.Trim() ?? "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SecretFileException();
        }
    }
}

internal sealed class SecretFileException() : Exception("the file with the secret cannot be read");
