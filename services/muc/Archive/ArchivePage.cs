namespace Annex.Muc.Archive;

/// <summary>What a query found.</summary>
/// <param name="Messages">In the order of the archive.</param>
/// <param name="IsComplete">There is nothing further in the direction of the query (XEP-0313 §4.3.2).</param>
/// <param name="FirstIndex">Place of the first message among all that match; null where counting would cost too much.</param>
/// <param name="Count">How many match in all; null likewise.</param>
internal sealed record ArchivePage(IReadOnlyList<ArchivedMessage> Messages, bool IsComplete, int? FirstIndex, int? Count);
