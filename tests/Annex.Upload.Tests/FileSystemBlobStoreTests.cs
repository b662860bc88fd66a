using System.Buffers;
using Annex.Upload.Blobs;
using Annex.Upload.Blobs.FileSystem;
using Xunit;

namespace Annex.Upload.Tests;

public sealed class FileSystemBlobStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("annex-upload-").FullName;
    private readonly FileSystemBlobStore _store;

    public FileSystemBlobStoreTests() => _store = new FileSystemBlobStore(_directory);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact] // U12
    public async Task A_blob_is_invisible_until_it_is_complete()
    {
        var key = BlobKey.Create();
        await using var writer = await _store.CreateAsync(key, 6, default);
        await writer.WriteAsync(Bytes(1, 2, 3), default);
        Assert.Null(await _store.LengthAsync(key, default));
        Assert.Null(await _store.ReadAsync(key, 0, 1, default));
        Assert.Empty(await ListAsync());
        await writer.WriteAsync(Segments([4], [5, 6]), default);
        await writer.CompleteAsync(default);
        Assert.Equal([1, 2, 3, 4, 5, 6], await ReadAsync(key, 0, 6));
        Assert.Equal([3, 4], (await ReadAsync(key, 2, 4))[..2]);
        Assert.Equal(6, Assert.Single(await ListAsync()).Length);
        Assert.Empty(Directory.GetFiles(Path.Combine(_directory, "incoming")));
    }

    [Fact]
    public async Task An_aborted_blob_leaves_nothing()
    {
        var key = BlobKey.Create();
        await using (var writer = await _store.CreateAsync(key, 3, default)) await writer.WriteAsync(Bytes(1), default);
        Assert.Null(await _store.LengthAsync(key, default));
        Assert.Empty(Directory.GetFiles(Path.Combine(_directory, "incoming")));
    }

    [Fact]
    public async Task What_a_killed_process_left_is_discarded_when_it_is_old_enough()
    {
        var abandoned = Path.Combine(_directory, "incoming", BlobKey.Create().Value);
        await File.WriteAllBytesAsync(abandoned, [1]);
        var written = new DateTimeOffset(File.GetLastWriteTimeUtc(abandoned));
        Assert.Equal(0, await _store.DiscardAbandonedAsync(written.AddSeconds(-1), 10, default));
        Assert.Equal(1, await _store.DiscardAbandonedAsync(written.AddSeconds(1), 10, default));
        Assert.False(File.Exists(abandoned));
    }

    [Fact]
    public async Task A_blob_that_is_being_read_may_be_deleted()
    {
        var key = await StoreAsync([1, 2, 3]);
        await using var reading = await _store.ReadAsync(key, 0, 3, default);
        await _store.DeleteAsync(key, default);
        await _store.DeleteAsync(key, default);
        Assert.Equal(1, reading!.ReadByte());
        Assert.Null(await _store.ReadAsync(key, 0, 3, default));
    }

    [Fact]
    public async Task A_store_that_is_not_mounted_is_noticed()
    {
        await _store.CheckAsync(default);
        File.Delete(Path.Combine(_directory, "annex-upload.store"));
        await Assert.ThrowsAsync<BlobStoreException>(async () => await _store.CheckAsync(default));
    }

    [Fact]
    public async Task A_disk_that_cannot_hold_it_refuses_at_once() =>
        Assert.True((await Assert.ThrowsAsync<BlobStoreException>(
            async () => await _store.CreateAsync(BlobKey.Create(), 1L << 60, default))).IsFull);

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("ABCDEF00000000000000000000000000")]
    [InlineData("")]
    public void Nothing_but_a_key_names_a_blob(string text) => Assert.False(BlobKey.TryParse(text, out _));

    private async Task<BlobKey> StoreAsync(byte[] bytes)
    {
        var key = BlobKey.Create();
        await using var writer = await _store.CreateAsync(key, bytes.Length, default);
        await writer.WriteAsync(Bytes(bytes), default);
        await writer.CompleteAsync(default);
        return key;
    }

    private async Task<byte[]> ReadAsync(BlobKey key, long offset, long count)
    {
        await using var stream = await _store.ReadAsync(key, offset, count, default);
        var memory = new MemoryStream();
        await stream!.CopyToAsync(memory);
        return memory.ToArray();
    }

    private async Task<List<StoredBlob>> ListAsync()
    {
        var blobs = new List<StoredBlob>();
        await foreach (var blob in _store.ListAsync(default)) blobs.Add(blob);
        return blobs;
    }

    private static ReadOnlySequence<byte> Bytes(params byte[] bytes) => new(bytes);

    private static ReadOnlySequence<byte> Segments(byte[] first, byte[] second)
    {
        var head = new Segment(first);
        return new ReadOnlySequence<byte>(head, 0, head.Append(second), second.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes) => Memory = bytes;

        public Segment Append(byte[] bytes)
        {
            var next = new Segment(bytes) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
