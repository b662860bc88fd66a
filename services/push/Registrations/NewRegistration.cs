namespace Annex.Push.Registrations;

/// <summary>What the client is told once: the node and its secret. The secret is kept as a hash only.</summary>
public readonly record struct NewRegistration(string Node, string Secret);
