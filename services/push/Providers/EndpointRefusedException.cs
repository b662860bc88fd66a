namespace Annex.Push.Providers;

/// <summary>The endpoint's host resolves to addresses that may not be called (private, loopback, link-local,
/// …).</summary>
public sealed class EndpointRefusedException() : IOException("The endpoint resolves to no address that may be called.");
