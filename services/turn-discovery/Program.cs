using Annex.Hosting;
using Annex.TurnDiscovery;
using Annex.Xmpp.Addressing;

// A user asks once a call: remembering the addresses of tens of thousands, as a room service does, would be memory for nothing.
Jid.CacheCapacity = 2_048;
return await AnnexApplication.RunAsync(args, TurnDiscoveryService.Definition);
