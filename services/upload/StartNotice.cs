namespace Annex.Upload;

/// <summary>Says at start what an operator has to know: where files are served, and whether anybody does TLS.</summary>
internal sealed class StartNotice(UploadOptions options, bool hasTls, ILogger<StartNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var store = options.Store != "S3" ? "a directory" : options.S3.PreSigned ? "S3, pre-signed" : "S3";
        Log.Serving(logger, options.Http.PublicUrl!, store);
        if (options.Http.PublicUrl!.Scheme == "http") Log.PlainHttp(logger);
        else if (!hasTls) Log.NobodyDoesTls(logger);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
