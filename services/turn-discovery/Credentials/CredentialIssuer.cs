using System.Globalization;

namespace Annex.TurnDiscovery.Credentials;

/// <summary>Time-limited credentials of the TURN REST API: the user name is `expiry:name`, the password its HMAC.</summary>
public sealed class CredentialIssuer(TimeProvider time, Pseudonyms pseudonyms)
{
    /// <summary>Null where the service needs none.</summary>
    public Credential? Issue(ExternalService service, string user)
    {
        if (service.Fixed is { } account)
            return account;
        var now = time.GetUtcNow();
        var secrets = service.SecretsAt(now);
        if (secrets.Count == 0)
            return null;
        return Sign(secrets[Math.Min(service.Health.AcceptedSecret, secrets.Count - 1)], pseudonyms.Of(user), now + service.Ttl);
    }

    /// <summary>Signs a name as it is, for the checks of health.</summary>
    public static Credential Sign(TurnSecret secret, string name, DateTimeOffset expires)
    {
        var seconds = expires.ToUnixTimeSeconds();
        var username = string.Create(CultureInfo.InvariantCulture, $"{seconds}:{name}");
        return new Credential(username, secret.PasswordFor(username), DateTimeOffset.FromUnixTimeSeconds(seconds));
    }
}
