using System.Diagnostics.CodeAnalysis;

namespace Annex.Upload.Intake;

/// <summary>The uploads that are running in this process: how many, into which slots.</summary>
public sealed class ActiveUploads(int maxTotal, int maxPerSlot)
{
    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private int _count;

    public int Count
    {
        get { lock (_lock) return _count; }
    }

    /// <summary>The paths that are being filled; their slots must not be swept.</summary>
    public string[] Paths
    {
        get { lock (_lock) return [.. _slots.Keys]; }
    }

    /// <summary>Enters, until the ticket is disposed.</summary>
    /// <param name="isSlotBusy">On refusal: it is this slot that is busy, not the process.</param>
    public bool TryEnter(string path, [NotNullWhen(true)] out IDisposable? ticket, out bool isSlotBusy)
    {
        ticket = null;
        isSlotBusy = false;
        lock (_lock)
        {
            if (_count >= maxTotal) return false;
            var running = _slots.GetValueOrDefault(path);
            isSlotBusy = running >= maxPerSlot;
            if (isSlotBusy) return false;
            _slots[path] = running + 1;
            _count++;
        }
        ticket = new Ticket(this, path);
        return true;
    }

    private void Leave(string path)
    {
        lock (_lock)
        {
            _count--;
            if (_slots[path] == 1) _slots.Remove(path);
            else _slots[path]--;
        }
    }

    private sealed class Ticket(ActiveUploads uploads, string path) : IDisposable
    {
        private ActiveUploads? _uploads = uploads;

        public void Dispose() => Interlocked.Exchange(ref _uploads, null)?.Leave(path);
    }
}
