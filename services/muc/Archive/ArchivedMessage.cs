namespace Annex.Muc.Archive;

/// <summary>One message as the archive keeps it; see MessageRow.</summary>
internal sealed record ArchivedMessage(long Number, Guid Id, DateTimeOffset At, string Sender, string? Author, byte[] RawId, byte[] Tail);
