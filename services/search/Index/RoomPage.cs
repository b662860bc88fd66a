namespace Annex.Search.Index;

/// <summary>Part of a result.</summary>
/// <param name="HasMore">In the direction that was asked for.</param>
/// <param name="Count">Of the whole result, where it is known without counting for long.</param>
/// <param name="FirstIndex">Of the first room in the whole result, where it is known.</param>
public sealed record RoomPage(IReadOnlyList<RoomHit> Rooms, bool HasMore, int? Count, int? FirstIndex);
