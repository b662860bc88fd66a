using Annex.Hosting;
using Annex.Interop.Hosting;
using Annex.Upload;

// The tests' own assembly is also the program that tests start in order to kill it.
return args switch
{
    ["events", var role, var database, var broker] => await EventsProcess.RunAsync(role, database, broker),
    ["upload", .. var settings] => await AnnexApplication.RunAsync(settings, UploadService.Definition),
    _ => 1,
};
