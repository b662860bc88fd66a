using Annex.Hosting.Configuration;

namespace Annex.Hosting.Operations;

/// <summary>What the status page and annex.status.v1 need to know of a service that no health check says.</summary>
internal sealed record ServiceFacts(string Service, ServiceOptions Options, IReadOnlySet<string> LocalDomains);
