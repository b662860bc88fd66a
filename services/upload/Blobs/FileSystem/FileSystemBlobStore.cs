using System.Runtime.CompilerServices;

namespace Annex.Upload.Blobs.FileSystem;

/// <summary>
/// Blobs as files: <c>files/ab/abcdef…</c> for the complete ones (256 directories), <c>incoming/</c> for those on their way,
/// both below one directory and on one file system, since a rename is what publishes.
/// </summary>
public sealed class FileSystemBlobStore : IBlobStore
{
    private const string Marker = "annex-upload.store";
    private const int ReadBufferBytes = 0; // The caller reads in large pieces of its own.

    private readonly string _root;
    private readonly string _files;
    private readonly string _incoming;

    /// <summary>Creates what is missing. The marker file tells later that this is still the same place.</summary>
    public FileSystemBlobStore(string directory)
    {
        _root = Path.GetFullPath(directory);
        _files = Path.Combine(_root, "files");
        _incoming = Path.Combine(_root, "incoming");
        Directory.CreateDirectory(_files);
        Directory.CreateDirectory(_incoming);
        var marker = Path.Combine(_root, Marker);
        if (!File.Exists(marker))
        {
            File.WriteAllText(marker, "The files of Annex's upload service. This file tells that the directory is mounted.\n");
        }
    }

    public ValueTask<IBlobWriter> CreateAsync(BlobKey key, long length, CancellationToken cancellationToken)
    {
        try
        {
            return new(new FileSystemBlobWriter(Path.Combine(_incoming, key.Value), PathOf(key), length));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FullDisk.Explain("a blob could not be created", exception);
        }
    }

    public ValueTask<Stream?> ReadAsync(BlobKey key, long offset, long count, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileStream(PathOf(key), new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                // A file that is being read may be deleted: its bytes live until the last reader is done.
                Share = FileShare.Read | FileShare.Delete,
                BufferSize = ReadBufferBytes,
                Options = FileOptions.SequentialScan,
            });
            file.Position = offset;
            return new(file);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return new((Stream?)null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BlobStoreException("a blob could not be read", exception);
        }
    }

    public ValueTask<long?> LengthAsync(BlobKey key, CancellationToken cancellationToken)
    {
        var file = new FileInfo(PathOf(key));
        return new(file.Exists ? file.Length : null);
    }

    public ValueTask DeleteAsync(BlobKey key, CancellationToken cancellationToken)
    {
        try
        {
            File.Delete(PathOf(key));
        }
        catch (DirectoryNotFoundException)
        {
            // Never was.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BlobStoreException("a blob could not be deleted", exception);
        }
        return ValueTask.CompletedTask;
    }

    public async IAsyncEnumerable<StoredBlob> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var directory in new DirectoryInfo(_files).EnumerateDirectories())
        {
            foreach (var file in directory.EnumerateFiles())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!BlobKey.TryParse(file.Name, out var key) || Describe(file, key) is not { } blob) continue;
                yield return blob;
            }
            await Task.Yield();
        }
    }

    public ValueTask<int> DiscardAbandonedAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var file in new DirectoryInfo(_incoming).EnumerateFiles())
        {
            if (removed >= limit) break;
            cancellationToken.ThrowIfCancellationRequested();
            // A slow upload touches its file with every write; only what nobody writes any more grows old.
            if (file.LastWriteTimeUtc >= before.UtcDateTime) continue;
            try
            {
                file.Delete();
                removed++;
            }
            catch (IOException)
            {
                // Taken by somebody else, or next time.
            }
        }
        return new(removed);
    }

    public ValueTask CheckAsync(CancellationToken cancellationToken) =>
        File.Exists(Path.Combine(_root, Marker))
            ? ValueTask.CompletedTask
            : throw new BlobStoreException($"{_root} is not the upload store: {Marker} is missing. Is it mounted?");

    public ValueTask<string> InternalLocationAsync(BlobKey key, CancellationToken cancellationToken) =>
        new($"files/{key.Value[..2]}/{key.Value}");

    private string PathOf(BlobKey key) => Path.Combine(_files, key.Value[..2], key.Value);

    private static StoredBlob? Describe(FileInfo file, BlobKey key)
    {
        try
        {
            return new StoredBlob(key, file.Length, file.LastWriteTimeUtc);
        }
        catch (FileNotFoundException)
        {
            return null; // Deleted while we were listing.
        }
    }
}
