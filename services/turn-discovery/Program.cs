using Annex.Hosting;
using Annex.TurnDiscovery;

return await AnnexApplication.RunAsync(args, TurnDiscoveryService.Definition);
