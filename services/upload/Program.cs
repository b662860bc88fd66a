using Annex.Hosting;
using Annex.Upload;

return await AnnexApplication.RunAsync(args, UploadService.Definition);
