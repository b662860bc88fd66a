namespace Annex.TurnDiscovery.Credentials;

/// <summary>For whom services are chosen.</summary>
/// <param name="User">What the pseudonym and the limit go by: a bare JID, or a name of the REST caller's.</param>
/// <param name="Region">A key of TurnDiscovery:Regions, or null.</param>
public readonly record struct Requester(string User, string? Region);
