using System.Security.Cryptography;
using System.Text.Json;

namespace Annex.Scenarios.Push;

/// <summary>Two apps at APNs and one project at FCM, played by a peer, with keys of their own.</summary>
internal static class NetworkSettings
{
    public static void Add(Dictionary<string, string?> settings, PushPeer peer, DirectoryInfo files)
    {
        var (p8, account) = (Path.Combine(files.FullName, "key.p8"), Path.Combine(files.FullName, "account.json"));
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(p8, ec.ExportPkcs8PrivateKeyPem());
        using var rsa = RSA.Create(2048);
        File.WriteAllText(account, JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["project_id"] = "capulet",
            ["client_email"] = "push@capulet.test",
            ["private_key"] = rsa.ExportPkcs8PrivateKeyPem(),
            ["token_uri"] = new Uri(peer.Http1, "/token").AbsoluteUri,
        }));
        settings["Push:Fcm:capulet:ServiceAccountFile"] = account;
        settings["Push:Fcm:capulet:Server"] = peer.Http1.AbsoluteUri;
        foreach (var app in (string[])["verona", "mantua"])
        {
            settings[$"Push:Apns:{app}:BundleId"] = $"test.annex.{app}";
            settings[$"Push:Apns:{app}:TeamId"] = "TEAM";
            settings[$"Push:Apns:{app}:KeyId"] = "KEY";
            settings[$"Push:Apns:{app}:KeyFile"] = p8;
            settings[$"Push:Apns:{app}:Server"] = peer.Http2.AbsoluteUri;
        }
    }
}
