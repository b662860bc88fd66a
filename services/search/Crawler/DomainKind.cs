namespace Annex.Search.Crawler;

/// <summary>What a domain turned out to be.</summary>
public enum DomainKind
{
    Unknown,
    Muc,
    Server,
    Gateway,
    Other,
}
