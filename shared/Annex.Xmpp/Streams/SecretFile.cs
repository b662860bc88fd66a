namespace Annex.Xmpp.Streams;

internal static class SecretFile
{
    /// <summary>The secret, read anew for each attempt, so that a corrected file is found without a restart.</summary>
    /// <exception cref="SecretFileException">The file cannot be read.</exception>
    public static string Read(ComponentOptions options)
    {
        if (options.Secret is { Length: > 0 } secret)
            return secret;
        try
        {
            return options.SecretFile is { Length: > 0 } file ? File.ReadLines(file).FirstOrDefault()?.Trim() ?? "" : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SecretFileException();
        }
    }
}

internal sealed class SecretFileException() : Exception("the file with the secret cannot be read");
