namespace Annex.Upload.Storage;

/// <summary>Somebody who gets no slots: a row of <c>bans</c>.</summary>
public sealed class Ban
{
    /// <summary>A bare JID, or a domain.</summary>
    public required string Subject { get; set; }

    /// <summary>Null: until it is lifted.</summary>
    public DateTimeOffset? Until { get; set; }
}
