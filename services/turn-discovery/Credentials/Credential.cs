namespace Annex.TurnDiscovery.Credentials;

/// <summary>What opens an allocation. Not a record: nothing prints it.</summary>
/// <param name="Expires">Null for a fixed account.</param>
public sealed class Credential(string username, string password, DateTimeOffset? expires)
{
    public string Username { get; } = username;

    public string Password { get; } = password;

    public DateTimeOffset? Expires { get; } = expires;
}
