namespace Annex.TurnDiscovery.Credentials;

/// <summary>A service as a request for credentials names it (XEP-0215 §3.3).</summary>
/// <param name="Port">0: any.</param>
public readonly record struct AskedService(string Type, string Host, int Port)
{
    public bool IsMeant(ExternalService service) =>
        service.Type == Type && (Port == 0 || service.Port == Port)
        && string.Equals(service.Host, Host, StringComparison.OrdinalIgnoreCase);
}
