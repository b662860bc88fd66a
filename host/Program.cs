using Annex.Hosting;
using Annex.Muc;
using Annex.Push;
using Annex.Search;
using Annex.TurnDiscovery;
using Annex.Upload;

return await AnnexApplication.RunAsync(args, MucService.Definition, UploadService.Definition, PushService.Definition,
    TurnDiscoveryService.Definition, SearchService.Definition);
