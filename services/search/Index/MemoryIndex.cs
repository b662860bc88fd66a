namespace Annex.Search.Index;

/// <summary>
/// The listed rooms in memory, for queries with words: the same words, places and order as the database's own index, which stays
/// the truth and is what the tests compare this with. About 2 kB a room. Many read at once, one writes.
/// </summary>
public sealed class MemoryIndex : IDisposable
{
    private readonly ReaderWriterLockSlim _lock = new();
    private Contents _contents = new();

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
            if (_contents.IsWorthCompacting)
                _contents = _contents.Compact();
        }
        finally
        {
            _lock.ExitWriteLock();
        }
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

    /// <summary>Rooms in slots, words with the slots that they are in. A slot that was given up is not used again; when many
    /// are, all is packed anew.</summary>
    internal sealed class Contents
    {
        private readonly Dictionary<string, int> _terms = new(StringComparer.Ordinal);
        private readonly List<string> _texts = [];
        private readonly List<Postings> _postings = [];

        // Words in order, for those that begin alike; and those that came since it was made.
        private int[] _sorted = [];
        private readonly List<int> _unsorted = [];

        public Dictionary<string, int> SlotOf { get; } = new(StringComparer.Ordinal);

        /// <summary>Null where the slot was given up.</summary>
        public List<RoomEntry?> Rooms { get; } = [];

        public bool IsWorthCompacting => Rooms.Count - SlotOf.Count > Math.Max(1000, SlotOf.Count / 2);

        public void Put(RoomEntry room)
        {
            if (SlotOf.TryGetValue(room.Room.Jid, out var old))
            {
                if (Rooms[old]!.HasSameWords(room))
                {
                    // The words keep their old, equal objects.
                    Rooms[old] = room with { Lexemes = Rooms[old]!.Lexemes };
                    return;
                }
                Rooms[old] = null;
            }
            var slot = Rooms.Count;
            SlotOf[room.Room.Jid] = slot;
            var lexemes = new Lexeme[room.Lexemes.Count];
            for (var i = 0; i < lexemes.Length; i++)
            {
                var term = TermOf(room.Lexemes[i].Text);
                byte weights = 0;
                foreach (var place in room.Lexemes[i].Places)
                    weights |= (byte)(1 << (place & 3));
                _postings[term].Add(slot, weights);
                // One string for all rooms that have the word.
                lexemes[i] = room.Lexemes[i] with { Text = _texts[term] };
            }
            Rooms.Add(room with { Lexemes = lexemes });
        }

        public void Remove(string jid)
        {
            if (SlotOf.Remove(jid, out var slot))
                Rooms[slot] = null;
        }

        public Contents Compact()
        {
            var packed = new Contents();
            foreach (var room in Rooms)
            {
                if (room is not null)
                    packed.Put(room);
            }
            return packed;
        }

        public string[] GetWords() => [.. _texts];

        public Postings? PostingsOf(string text) => _terms.TryGetValue(text, out var term) ? _postings[term] : null;

        /// <summary>All words that begin so.</summary>
        public IEnumerable<Postings> PostingsFrom(string start)
        {
            for (var i = FirstAtOrAfter(start); i < _sorted.Length; i++)
            {
                if (!_texts[_sorted[i]].StartsWith(start, StringComparison.Ordinal))
                    break;
                yield return _postings[_sorted[i]];
            }
            foreach (var term in _unsorted)
            {
                if (_texts[term].StartsWith(start, StringComparison.Ordinal))
                    yield return _postings[term];
            }
        }

        private int FirstAtOrAfter(string start)
        {
            var (low, high) = (0, _sorted.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (string.CompareOrdinal(_texts[_sorted[middle]], start) < 0)
                    low = middle + 1;
                else
                    high = middle;
            }
            return low;
        }

        private int TermOf(string text)
        {
            if (_terms.TryGetValue(text, out var term))
                return term;
            term = _texts.Count;
            _terms[text] = term;
            _texts.Add(text);
            _postings.Add(new Postings());
            _unsorted.Add(term);
            // Sorting costs as much as all of them; so it waits until they are a share of all.
            if (_unsorted.Count > Math.Max(500, _sorted.Length / 8))
            {
                _sorted = [.. _sorted, .. _unsorted];
                Array.Sort(_sorted, (x, y) => string.CompareOrdinal(_texts[x], _texts[y]));
                _unsorted.Clear();
            }
            return term;
        }
    }

    /// <summary>The slots that a word is in, ascending, with the places where it stands there.</summary>
    internal sealed class Postings
    {
        private int[] _slots = new int[2];
        private byte[] _weights = new byte[2];

        public int Count { get; private set; }

        public ReadOnlySpan<int> Slots => _slots.AsSpan(0, Count);

        /// <summary>Bits: 8 name, 4 address, 2 description, 1 tags.</summary>
        public ReadOnlySpan<byte> Weights => _weights.AsSpan(0, Count);

        public void Add(int slot, byte weights)
        {
            if (Count == _slots.Length)
            {
                Array.Resize(ref _slots, Count * 2);
                Array.Resize(ref _weights, Count * 2);
            }
            (_slots[Count], _weights[Count]) = (slot, weights);
            Count++;
        }
    }
}
