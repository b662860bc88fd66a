namespace Annex.Push;

/// <summary>Section Push:WebPush.</summary>
public sealed class WebPushOptions
{
    public bool Enabled { get; set; } = true;

    /// <summary>PEM files with a private key on P-256 each, newest first; the first one is made when it is not
    /// there.</summary>
    public string[] KeyFiles { get; set; } = [".annex/vapid.pem"];

    /// <summary>Who the push services may write to: mailto: or https:. By default mailto:admin@ the component's parent
    /// domain.</summary>
    public string? Contact { get; set; }
}
