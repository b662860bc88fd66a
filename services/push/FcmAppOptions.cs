namespace Annex.Push;

/// <summary>One Firebase project, section Push:Fcm:NAME; NAME is its pushModule.</summary>
public sealed class FcmAppOptions
{
    /// <summary>The service account's JSON file.</summary>
    public string ServiceAccountFile { get; set; } = "";

    public string Server { get; set; } = "https://fcm.googleapis.com";

    /// <summary>What this app's clients send as provider to register-device and look for in disco, such as
    /// fcm-xmpp-api; empty where they speak another dialect.</summary>
    public string ClientName { get; set; } = "";
}
