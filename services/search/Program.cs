using Annex.Hosting;
using Annex.Search;

return await AnnexApplication.RunAsync(args, SearchService.Definition);
