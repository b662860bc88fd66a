namespace Annex.Push.UnifiedPush;

/// <summary>Where app servers find an endpoint.</summary>
public sealed class EndpointUrls(Uri publicUrl)
{
    public const string Prefix = "/up/";

    private readonly string _base = publicUrl.AbsoluteUri.TrimEnd('/');

    /// <summary>The path of the public URL, where a web server in front may leave it in; "" for none.</summary>
    public string BasePath { get; } = publicUrl.AbsolutePath.TrimEnd('/');

    public string Of(string token) => $"{_base}{Prefix}{token}";
}
