namespace Annex.Push.Storage;

/// <summary>Table push.bans: bare JIDs and domains that may not register.</summary>
public sealed class BanRow
{
    public required string Subject { get; set; }

    public DateTimeOffset? Until { get; set; }
}
