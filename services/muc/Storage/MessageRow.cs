namespace Annex.Muc.Storage;

/// <summary>
/// Table muc.messages. Number counts a room's messages from 1 without gaps, in the order in which everybody saw them: it makes
/// pages, indexes and counts cheap however long the archive is. Retention takes messages from the front only; what is taken back
/// in between leaves a tombstone in its place.
/// </summary>
internal sealed class MessageRow
{
    public long Archive { get; set; }

    public long Number { get; set; }

    /// <summary>The stanza-id.</summary>
    public Guid Id { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>The author's occupant JID.</summary>
    public required string Sender { get; set; }

    /// <summary>The author's real bare JID; null once the account was erased.</summary>
    public string? Author { get; set; }

    /// <summary>Ready for an attribute (XEP-0421).</summary>
    public required byte[] OccupantId { get; set; }

    /// <summary>The id attribute as on the wire.</summary>
    public required byte[] RawId { get; set; }

    /// <summary>From behind the last attribute of the head to the closing tag.</summary>
    public required byte[] Tail { get; set; }

    public bool IsHistory { get; set; }
}
