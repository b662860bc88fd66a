using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Annex.Upload.Blobs.FileSystem;

/// <summary>Writes into incoming/ and moves the whole, synced file to its place.</summary>
internal sealed class FileSystemBlobWriter : IBlobWriter
{
    // Dirty pages beyond this are written back while the rest is still arriving, so that the last fsync is short and a fast
    // client cannot fill the page cache. 32 MiB is about a quarter of a second of a slow disk.
    private const long WriteBackBytes = 32 * 1024 * 1024;

    private readonly string _temporary;
    private readonly string _final;
    private readonly SafeFileHandle _handle;
    private readonly List<ReadOnlyMemory<byte>> _segments = new(64);
    private Task _writeBack = Task.CompletedTask;
    private long _offset;
    private long _synced;
    private bool _isComplete;

    public FileSystemBlobWriter(string temporary, string final, long length)
    {
        _temporary = temporary;
        _final = final;
        // CreateNew: a key is drawn once. Preallocation refuses an upload that the disk cannot hold before it starts.
        _handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, length);
    }

    public ValueTask WriteAsync(ReadOnlySequence<byte> data, CancellationToken cancellationToken)
    {
        try
        {
            // Into the page cache. An asynchronous write is this very call on another thread of the same pool.
            if (data.IsSingleSegment)
            {
                RandomAccess.Write(_handle, data.FirstSpan, _offset);
            }
            else
            {
                _segments.Clear();
                foreach (var segment in data) _segments.Add(segment);
                RandomAccess.Write(_handle, _segments, _offset);
            }
        }
        catch (IOException exception)
        {
            throw FullDisk.Explain("a blob could not be written", exception);
        }
        _offset += data.Length;
        if (_offset - _synced < WriteBackBytes) return ValueTask.CompletedTask;
        return WriteBackAsync();
    }

    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _writeBack;
            await Task.Run(Publish, cancellationToken);
        }
        catch (IOException exception)
        {
            throw FullDisk.Explain("a blob could not be completed", exception);
        }
        _isComplete = true;
    }

    public async ValueTask DisposeAsync()
    {
        await _writeBack.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _handle.Dispose();
        if (_isComplete) return;
        try
        {
            File.Delete(_temporary);
        }
        catch (IOException)
        {
            // The sweep takes it.
        }
    }

    // At most one at a time, and waited for: whoever sends faster than the disk writes is slowed down to it.
    private async ValueTask WriteBackAsync()
    {
        try
        {
            await _writeBack;
        }
        catch (IOException exception)
        {
            throw FullDisk.Explain("a blob could not be written back", exception);
        }
        _synced = _offset;
        _writeBack = Task.Run(() => RandomAccess.FlushToDisk(_handle), CancellationToken.None);
    }

    private void Publish()
    {
        RandomAccess.FlushToDisk(_handle);
        _handle.Dispose();
        var directory = Path.GetDirectoryName(_final)!;
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory);
            DirectorySync.Flush(Path.GetDirectoryName(directory)!);
        }
        File.Move(_temporary, _final, overwrite: false);
        DirectorySync.Flush(directory);
    }
}
