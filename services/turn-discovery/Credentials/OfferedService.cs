namespace Annex.TurnDiscovery.Credentials;

/// <summary>A service with the credential for one user; null where it needs none.</summary>
public readonly record struct OfferedService(ExternalService Service, Credential? Credential);
