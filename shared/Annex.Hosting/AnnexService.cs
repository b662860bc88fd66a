namespace Annex.Hosting;

/// <summary>One of the suite's services, as a process or a host takes it.</summary>
/// <param name="Name">Its section of the configuration: Muc, Upload, Push, TurnDiscovery, Search.</param>
/// <param name="Configure">Registers all that the service needs. Runs once, before anything starts; reads options through the
/// builder, opens nothing.</param>
public sealed record AnnexService(string Name, Action<AnnexServiceBuilder> Configure);
