namespace Annex.Xmpp.Extensions.Privilege;

/// <summary>A namespace in which iqs may be sent for a user, with get, set, both or none (XEP-0356 §6.1).</summary>
public sealed record PrivilegedNamespace(string Namespace, string Type);
