namespace Annex.Hosting.Messaging;

/// <summary>Several processes of this service share its events, whatever their order.</summary>
internal sealed record CompetingConsumers(string Service);
