namespace Annex.Xmpp.Extensions.Disco;

/// <summary>What an entity is (XEP-0030 §3.1), from the registry of categories and types.</summary>
public sealed record Identity(string Category, string Type, string? Name = null, string? Lang = null);
