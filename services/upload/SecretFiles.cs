namespace Annex.Upload;

/// <summary>Secrets that the operator keeps in files: the first line is the secret.</summary>
internal static class SecretFiles
{
    public static void Read(UploadOptions options)
    {
        options.S3.SecretKey = Read(options.S3.SecretKey, options.S3.SecretKeyFile);
        options.External.Secret = Read(options.External.Secret, options.External.SecretFile);
        options.External.ProsodySecret = Read(options.External.ProsodySecret, options.External.ProsodySecretFile);
        options.External.ServiceUrlSecret = Read(options.External.ServiceUrlSecret, options.External.ServiceUrlSecretFile);
    }

    private static string Read(string value, string file) =>
        value.Length > 0 || file.Length == 0 ? value : File.ReadLines(file).FirstOrDefault()?.Trim() ?? "";
}
