namespace Annex.Push;

/// <summary>One app at Apple, section Push:Apns:NAME; NAME is its pushModule.</summary>
public sealed class ApnsAppOptions
{
    public string BundleId { get; set; } = "";

    public string TeamId { get; set; } = "";

    public string KeyId { get; set; } = "";

    /// <summary>The .p8 file.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>https://api.sandbox.push.apple.com for development builds.</summary>
    public string Server { get; set; } = "https://api.push.apple.com";

    /// <summary>What this app's clients send as provider to register-device and look for in disco, such as
    /// tigase:messenger:apns:1; empty where they speak another dialect.</summary>
    public string ClientName { get; set; } = "";
}
