using Annex.Hosting;
using Annex.Push;

return await AnnexApplication.RunAsync(args, PushService.Definition);
