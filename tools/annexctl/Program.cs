using Annex.Ctl;

return await CommandLine.RunAsync(args);
