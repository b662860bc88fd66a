namespace Annex.Search.Index;

/// <summary>
/// The listed rooms in memory, for queries with words: the same words, places and order as the database's own index, which stays
/// the truth and is what the tests compare this with. About 2 kB a room. Many read at once, one writes.
/// </summary>
public sealed class MemoryIndex : IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new();
    private MemoryContents _contents = new();

    public int Count
    {
        get
        {
            _lock.EnterReadLock();
            try
            {
                return _contents.SlotOf.Count;
            }
            finally
            {
                _lock.ExitReadLock();
            }
        }
    }

    /// <summary>All words that any room has.</summary>
    public string[] GetWords()
    {
        _lock.EnterReadLock();
        try
        {
            return _contents.GetWords();
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>Takes rooms in, or what changed of them; removed are addresses.</summary>
    public void Apply(IReadOnlyCollection<RoomEntry> rooms, IReadOnlyCollection<string> removed)
    {
        if (rooms.Count == 0 && removed.Count == 0)
            return;
        _lock.EnterWriteLock();
        try
        {
            foreach (var jid in removed)
                _contents.Remove(jid);
            foreach (var room in rooms)
                _contents.Put(room);
            _contents.Settle();
        }
        finally
        {
            _lock.ExitWriteLock();
        }
        if (_contents.IsWorthCompacting)
            Compact();
    }

    /// <param name="stems">Stems of a word in the languages that count, from the cache.</param>
    public RoomPage Find(RoomQuery query, Func<string, IReadOnlyList<string>> stems)
    {
        _lock.EnterReadLock();
        try
        {
            return new MemorySearch(_contents, query, stems).Find();
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    public void Dispose() => _lock.Dispose();

    // Nobody else writes: those who search need not wait while it is made.
    private void Compact()
    {
        var packed = _contents.Compact();
        _lock.EnterWriteLock();
        _contents = packed;
        _lock.ExitWriteLock();
    }
}
