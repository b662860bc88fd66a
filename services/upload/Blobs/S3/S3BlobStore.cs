using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Annex.Upload.Blobs.S3;

/// <summary>Blobs as objects <c>{prefix}files/{key}</c> of one private bucket.</summary>
public sealed class S3BlobStore(S3Clients clients, TimeProvider time) : IBlobStore
{
    // A signature for ourselves is used at once; a slow upload only has to start within it.
    private static readonly TimeSpan SignatureLifetime = TimeSpan.FromMinutes(5);
    private const int PageSize = 1000;

    private string Files => clients.Options.Prefix + "files/";

    internal string KeyOf(BlobKey key) => Files + key.Value;

    public ValueTask<IBlobWriter> CreateAsync(BlobKey key, long length, CancellationToken cancellationToken)
    {
        // Signed by URL the payload needs no signature of its own, which would mean to read it twice.
        var url = clients.SignForUs(KeyOf(key), HttpVerb.PUT, (time.GetUtcNow() + SignatureLifetime).UtcDateTime);
        return new(new S3BlobWriter(clients.Http, url, length));
    }

    public async ValueTask<Stream?> ReadAsync(BlobKey key, long offset, long count, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = clients.Options.Bucket, Key = KeyOf(key) };
        if (count > 0) request.ByteRange = new ByteRange(offset, offset + count - 1);
        try
        {
            var response = await clients.Api.GetObjectAsync(request, cancellationToken);
            return response.ResponseStream;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (Exception exception) when (IsTheStores(exception))
        {
            throw Failure("read", exception);
        }
    }

    public async ValueTask<long?> LengthAsync(BlobKey key, CancellationToken cancellationToken)
    {
        try
        {
            var head = await clients.Api.GetObjectMetadataAsync(clients.Options.Bucket, KeyOf(key), cancellationToken);
            return head.ContentLength;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (Exception exception) when (IsTheStores(exception))
        {
            throw Failure("look up", exception);
        }
    }

    public async ValueTask DeleteAsync(BlobKey key, CancellationToken cancellationToken)
    {
        try
        {
            await clients.Api.DeleteObjectAsync(clients.Options.Bucket, KeyOf(key), cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            // Gone already.
        }
        catch (Exception exception) when (IsTheStores(exception))
        {
            throw Failure("delete", exception);
        }
    }

    public async IAsyncEnumerable<StoredBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = clients.Options.Bucket, Prefix = Files, MaxKeys = PageSize };
        ListObjectsV2Response page;
        do
        {
            try
            {
                page = await clients.Api.ListObjectsV2Async(request, cancellationToken);
            }
            catch (Exception exception) when (IsTheStores(exception))
            {
                throw Failure("list", exception);
            }
            foreach (var item in page.S3Objects ?? [])
            {
                if (!BlobKey.TryParse(item.Key[Files.Length..], out var key)) continue;
                yield return new StoredBlob(key, item.Size ?? 0, item.LastModified?.ToUniversalTime() ?? DateTime.UnixEpoch);
            }
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    /// <summary>S3 keeps nothing of a PUT that did not end.</summary>
    public ValueTask<int> DiscardAbandonedAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => new(0);

    public async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await clients.Api.ListObjectsV2Async(
                new ListObjectsV2Request { BucketName = clients.Options.Bucket, Prefix = Files, MaxKeys = 1 }, cancellationToken);
        }
        catch (Exception exception) when (IsTheStores(exception))
        {
            throw Failure("reach", exception);
        }
    }

    public ValueTask<string> InternalLocationAsync(BlobKey key, CancellationToken cancellationToken)
    {
        var url = clients.SignForUs(KeyOf(key), HttpVerb.GET, (time.GetUtcNow() + SignatureLifetime).UtcDateTime);
        return new(url.PathAndQuery.TrimStart('/'));
    }

    internal static bool IsTheStores(Exception exception) =>
        exception is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or TimeoutException;

    /// <summary>Keys, URLs and signatures stay out of the message: it is logged.</summary>
    internal static BlobStoreException Failure(string what, Exception exception) =>
        new($"the object store could not {what} a blob ({(exception as AmazonServiceException)?.ErrorCode ?? exception.GetType().Name})",
            exception);
}
