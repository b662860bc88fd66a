using Annex.Hosting;
using Annex.Muc;

return await AnnexApplication.RunAsync(args, MucService.Definition);
