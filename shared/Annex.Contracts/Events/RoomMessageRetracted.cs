namespace Annex.Contracts.Events;

/// <summary>A message was taken back by its author (XEP-0424) or by a moderator (XEP-0425).</summary>
public sealed record RoomMessageRetracted
{
    public required string Room { get; init; }

    public required string StanzaId { get; init; }

    /// <summary>Bare JID of who wrote it, or null where the room no longer knows.</summary>
    public string? AuthorJid { get; init; }

    /// <summary>Nick of the moderator; null when the author took it back.</summary>
    public string? ModeratorNick { get; init; }

    /// <summary>Bare JID of the moderator; null when the author took it back.</summary>
    public string? ModeratorJid { get; init; }

    /// <summary>http and https URLs found in the message: body, XEP-0066, XEP-0385, XEP-0447. Empty for an encrypted one.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    public DateTimeOffset At { get; init; }
}
