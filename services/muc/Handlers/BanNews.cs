using Annex.Muc.Rooms;

namespace Annex.Muc.Handlers;

/// <summary>A ban, the end of one, or (without ban) an account that was removed.</summary>
internal sealed record BanNews(ServiceBan? Ban, bool IsLifted, string? RemovedAccount);
