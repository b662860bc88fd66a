using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Annex.Upload.Blobs.S3;

/// <summary>The clients of one bucket: to talk to it, and to sign URLs for others.</summary>
public sealed class S3Clients : IDisposable
{
    private readonly AmazonS3Client _signer;

    public S3Clients(S3Options options)
    {
        Options = options;
        var credentials = new BasicAWSCredentials(options.AccessKey, options.SecretKey);
        Api = new AmazonS3Client(credentials, Configuration(options, options.Endpoint));
        _signer = options.PublicEndpoint.Length == 0
            ? Api : new AmazonS3Client(credentials, Configuration(options, options.PublicEndpoint));
        Http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            ConnectTimeout = options.Timeout,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        })
        { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
    }

    public S3Options Options { get; }

    public AmazonS3Client Api { get; }

    /// <summary>For requests that we sign and send ourselves.</summary>
    public HttpClient Http { get; }

    /// <summary>A URL for us.</summary>
    public Uri SignForUs(string key, HttpVerb verb, DateTime expires) => Sign(Api, Options.Endpoint, key, verb, expires, null, null);

    /// <summary>A URL for a client. A length or type that is given is signed: the store refuses another one.</summary>
    public Uri SignForClient(string key, HttpVerb verb, DateTime expires, long? length, string? type) =>
        Sign(_signer, Options.PublicEndpoint.Length == 0 ? Options.Endpoint : Options.PublicEndpoint, key, verb, expires,
            length, type);

    public void Dispose()
    {
        if (!ReferenceEquals(_signer, Api)) _signer.Dispose();
        Api.Dispose();
        Http.Dispose();
    }

    private Uri Sign(AmazonS3Client client, string endpoint, string key, HttpVerb verb, DateTime expires, long? length,
        string? type)
    {
        var request = new GetPreSignedUrlRequest
        {
            BucketName = Options.Bucket,
            Key = key,
            Verb = verb,
            Expires = expires,
            Protocol = endpoint.StartsWith("http:", StringComparison.OrdinalIgnoreCase) ? Protocol.HTTP : Protocol.HTTPS,
        };
        if (length is { } bytes) request.Headers.ContentLength = bytes;
        if (type is not null) request.ContentType = type;
        return new Uri(client.GetPreSignedURL(request));
    }

    private static AmazonS3Config Configuration(S3Options options, string endpoint)
    {
        var configuration = new AmazonS3Config
        {
            AuthenticationRegion = options.Region,
            ForcePathStyle = options.ForcePathStyle,
            Timeout = options.Timeout,
            MaxErrorRetry = 2,
            // The newer checksum trailers are unknown to most stores that are not AWS.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (endpoint.Length == 0) configuration.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(options.Region);
        else configuration.ServiceURL = endpoint;
        return configuration;
    }
}
