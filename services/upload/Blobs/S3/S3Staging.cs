using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace Annex.Upload.Blobs.S3;

/// <summary>
/// Pre-signed uploads: a client puts into <c>{prefix}incoming/{ticket}</c>, which nobody can read, and we copy what arrived to
/// its own key. A URL may be used again until it expires, so what lies in staging is never served.
/// </summary>
public sealed class S3Staging(S3Clients clients, S3BlobStore store)
{
    private string Incoming => clients.Options.Prefix + "incoming/";

    /// <summary>The URL of one upload. Length is always signed; the type is where the client named one (XEP-0363 §7: a client
    /// sends no other headers, so nothing else can be signed).</summary>
    public Uri Sign(string ticket, long length, string? contentType, DateTimeOffset expires) =>
        clients.SignForClient(Incoming + ticket, HttpVerb.PUT, expires.UtcDateTime, length, contentType);

    /// <summary>What lies there, or null.</summary>
    /// <exception cref="BlobStoreException">The store is unreachable.</exception>
    public async Task<StagedBlob?> FindAsync(string ticket, CancellationToken cancellationToken)
    {
        try
        {
            var head = await clients.Api.GetObjectMetadataAsync(clients.Options.Bucket, Incoming + ticket, cancellationToken);
            return new StagedBlob(head.ETag, head.ContentLength);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (Exception exception) when (S3BlobStore.IsTheStores(exception))
        {
            throw S3BlobStore.Failure("look up", exception);
        }
    }

    /// <summary>Copies exactly what was found; false where it has changed or gone meanwhile.</summary>
    public async Task<bool> AdoptAsync(string ticket, StagedBlob staged, BlobKey key, CancellationToken cancellationToken)
    {
        try
        {
            await clients.Api.CopyObjectAsync(new CopyObjectRequest
            {
                SourceBucket = clients.Options.Bucket,
                SourceKey = Incoming + ticket,
                DestinationBucket = clients.Options.Bucket,
                DestinationKey = store.KeyOf(key),
                ETagToMatch = staged.ETag,
                MetadataDirective = S3MetadataDirective.REPLACE,
                ContentType = "application/octet-stream",
            }, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception exception)
            when (exception.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound)
        {
            return false;
        }
        catch (Exception exception) when (S3BlobStore.IsTheStores(exception))
        {
            throw S3BlobStore.Failure("copy", exception);
        }
    }

    public async Task DeleteAsync(string ticket, CancellationToken cancellationToken)
    {
        try
        {
            await clients.Api.DeleteObjectAsync(clients.Options.Bucket, Incoming + ticket, cancellationToken);
        }
        catch (Exception exception) when (S3BlobStore.IsTheStores(exception))
        {
            throw S3BlobStore.Failure("delete", exception);
        }
    }

    /// <summary>The tickets that something was put under, with the time of the last put.</summary>
    public async IAsyncEnumerable<KeyValuePair<string, DateTimeOffset>> ListAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = clients.Options.Bucket, Prefix = Incoming };
        ListObjectsV2Response page;
        do
        {
            try
            {
                page = await clients.Api.ListObjectsV2Async(request, cancellationToken);
            }
            catch (Exception exception) when (S3BlobStore.IsTheStores(exception))
            {
                throw S3BlobStore.Failure("list", exception);
            }
            foreach (var item in page.S3Objects ?? [])
            {
                yield return new(item.Key[Incoming.Length..], item.LastModified?.ToUniversalTime() ?? DateTime.UnixEpoch);
            }
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }
}
