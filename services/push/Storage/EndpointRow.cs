namespace Annex.Push.Storage;

/// <summary>Table push.endpoints: what app servers push to for apps on a user's device (UnifiedPush).</summary>
public sealed class EndpointRow
{
    public long Id { get; set; }

    /// <summary>SHA-256 of the token in the URL.</summary>
    public required byte[] TokenHash { get; set; }

    /// <summary>The token, encrypted: registering again gives the same URL.</summary>
    public required byte[] Token { get; set; }

    /// <summary>Bare JID.</summary>
    public required string Owner { get; set; }

    /// <summary>Full JID of the client that registered last.</summary>
    public required string Client { get; set; }

    public required string Application { get; set; }

    public required string Instance { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }
}
