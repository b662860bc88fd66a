namespace Annex.Search.Storage;

/// <summary>Somebody who is banned from all services, searching included. A copy of what muc keeps.</summary>
public sealed class BanRow
{
    /// <summary>A bare JID or a domain.</summary>
    public required string Subject { get; set; }

    public DateTimeOffset? Until { get; set; }
}
