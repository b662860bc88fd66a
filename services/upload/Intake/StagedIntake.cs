using System.Buffers;
using System.Security.Cryptography;
using Annex.Upload.Blobs;
using Annex.Upload.Blobs.S3;
using Annex.Upload.Scanning;
using Annex.Upload.Slots;
using Annex.Upload.Storage;

namespace Annex.Upload.Intake;

/// <summary>
/// Pre-signed uploads. XEP-0363 knows no word from the client that it is done, so we look: when somebody asks for the file, and
/// every few seconds. What lies in staging is copied to a key that no client can write, checked, and published.
/// </summary>
public sealed class StagedIntake(
    S3Staging staging, IBlobStore store, SlotTable slots, FileTable files, Publisher publisher, ActiveUploads active,
    TimeProvider time, IHostApplicationLifetime lifetime, ILogger<StagedIntake> logger)
{
    private const int BufferBytes = 128 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<UploadFile?>> _running = new(StringComparer.Ordinal);

    /// <summary>Takes what a client has put, if it has. Whoever asks while it is being taken waits for the same.</summary>
    /// <returns>The file as it stands now; null where there is none (yet).</returns>
    /// <exception cref="BlobStoreException">The store is unreachable.</exception>
    /// <exception cref="ScannerException">No verdict; it is tried again.</exception>
    public async Task<UploadFile?> ConfirmAsync(UploadFile file, CancellationToken cancellationToken)
    {
        var (running, isOurs) = Join(file.Path);
        var found = await running.WaitAsync(cancellationToken);
        // A look that began before ours may have been too early for what was put since. The next one is not.
        return found is not null || isOurs ? found : await Join(file.Path).Running.WaitAsync(cancellationToken);
    }

    private (Task<UploadFile?> Running, bool IsOurs) Join(string path)
    {
        lock (_gate)
        {
            if (_running.TryGetValue(path, out var running)) return (running, false);
            // Not the asker's to cancel: others wait for it too.
            running = Task.Run(() => RunAsync(path, lifetime.ApplicationStopping), CancellationToken.None);
            _running.Add(path, running);
            return (running, true);
        }
    }

    private async Task<UploadFile?> RunAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            // What the caller read may be old: a slot that was filled must not be looked at again, or a second use of its URL
            // would be taken for an upload.
            var file = await slots.FindAsync(path, cancellationToken);
            if (file is not { State: FileState.Reserved, IsStaged: true }) return file;
            if (!active.TryEnter(path, out var ticket, out _)) return null; // The process has all it can take.
            using (ticket) return await TakeAsync(file, SlotPath.TicketOf(path), cancellationToken);
        }
        finally
        {
            lock (_gate) _running.Remove(path);
        }
    }

    private async Task<UploadFile?> TakeAsync(UploadFile file, string name, CancellationToken cancellationToken)
    {
        if (await staging.FindAsync(name, cancellationToken) is not { } staged) return null;
        if (staged.Length != file.Size)
        {
            Log.StagedLengthWrong(logger, staged.Length, file.Size);
            await staging.DeleteAsync(name, cancellationToken);
            return null;
        }
        await slots.RenewAsync([file.Path], time.GetUtcNow() + LeaseKeeper.Lease, cancellationToken);
        var blob = BlobKey.Create();
        if (!await staging.AdoptAsync(name, staged, blob, cancellationToken)) return null;
        var outcome = await publisher.PublishAsync(file, blob, await HashAsync(blob, cancellationToken), cancellationToken);
        await staging.DeleteAsync(name, cancellationToken);
        if (outcome is IntakeOutcome.Blocked or IntakeOutcome.Infected)
        {
            await files.DeleteAsync([file.Id], DeleteReason.Blocked, time.GetUtcNow(), cancellationToken);
            return null;
        }
        return outcome == IntakeOutcome.Stored ? file : await slots.FindAsync(file.Path, cancellationToken);
    }

    private async Task<byte[]> HashAsync(BlobKey blob, CancellationToken cancellationToken)
    {
        await using var content = await store.ReadAsync(blob, 0, 0, cancellationToken)
            ?? throw new BlobStoreException("a blob vanished before it was read");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0) hash.AppendData(buffer, 0, read);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return hash.GetHashAndReset();
    }
}
