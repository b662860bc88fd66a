namespace Annex.Hosting.Components;

/// <summary>Opens the stream to the XMPP server. Registered keyed by the service's name it takes the place of TCP: tests put a
/// pipe here.</summary>
public delegate ValueTask<Stream> ConnectComponent(CancellationToken cancellationToken);
