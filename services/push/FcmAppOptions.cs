namespace Annex.Push;

/// <summary>One Firebase project, section Push:Fcm:NAME; NAME is its pushModule.</summary>
public sealed class FcmAppOptions
{
    /// <summary>The service account's JSON file.</summary>
    public string ServiceAccountFile { get; set; } = "";

    public string Server { get; set; } = "https://fcm.googleapis.com";
}
