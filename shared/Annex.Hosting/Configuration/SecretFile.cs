using System.Diagnostics.CodeAnalysis;

namespace Annex.Hosting.Configuration;

/// <summary>A secret as a file's first line (Docker secrets, systemd credentials).</summary>
public static class SecretFile
{
    // The longest secrets are connection strings and keys in one line.
    private const int MaxBytes = 16 * 1024;

    public static bool TryRead(string path, [NotNullWhen(true)] out string? secret, [NotNullWhen(false)] out string? problem)
    {
        secret = null;
        problem = null;
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                problem = $"{path} is larger than {MaxBytes} bytes, which no secret is";
            else if (File.ReadLines(path).FirstOrDefault()?.Trim() is { Length: > 0 } line)
                secret = line;
            else
                problem = $"the first line of {path} is empty";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problem = $"{path} cannot be read: {e.Message}";
        }
        return secret is not null;
    }
}
