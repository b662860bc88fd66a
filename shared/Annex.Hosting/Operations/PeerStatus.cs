using Annex.Contracts.Status.V1;

namespace Annex.Hosting.Operations;

/// <summary>What a service of another process says of itself, or why it says nothing.</summary>
internal sealed record PeerStatus(string Service, GetStatusResponse? Status, string? Problem);
