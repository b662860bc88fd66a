using Annex.Hosting.Configuration;

namespace Annex.TurnDiscovery;

/// <summary>A secret shared with TURN servers (coturn `static-auth-secret`, eturnal `secret`).</summary>
public sealed class TurnSecretOptions
{
    [Secret]
    public string? Secret { get; set; }

    /// <summary>A file whose first line is the secret.</summary>
    public string? SecretFile { get; set; }

    /// <summary>From when on it signs. Default: always. Of several that may sign, the newest that the server accepts does.</summary>
    public DateTimeOffset? From { get; set; }
}
