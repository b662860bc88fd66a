namespace Annex.Upload;

/// <summary>Says at start what an operator has to know: where files are served, and whether anybody does TLS.</summary>
internal sealed class StartNotice(UploadOptions options, ILogger<StartNotice> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var store = options.Store != "S3" ? "a directory" : options.S3.PreSigned ? "S3, pre-signed" : "S3";
        Log.Serving(logger, options.Http.PublicUri, store);
        if (options.Http.IsPlainLoopback) Log.PlainHttp(logger);
        else if (string.IsNullOrEmpty(options.Http.Certificate) && string.IsNullOrEmpty(options.Http.TrustedProxies))
        {
            Log.NobodyDoesTls(logger);
        }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
