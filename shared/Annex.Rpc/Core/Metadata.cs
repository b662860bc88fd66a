using System.Collections;
using System.Text;

namespace Grpc.Core;

/// <summary>
/// Headers or trailers of a call, in order, a key allowed more than once. Keys are lower case; one that ends in "-bin"
/// carries bytes, every other one printable ASCII.
/// </summary>
public sealed class Metadata : IList<Metadata.Entry>
{
    public const string BinaryHeaderSuffix = "-bin";

    private readonly List<Entry> _entries = [];

    public int Count => _entries.Count;

    public bool IsReadOnly => false;

    public Entry this[int index]
    {
        get => _entries[index];
        set => _entries[index] = value;
    }

    /// <summary>The last entry with this key, or null.</summary>
    public Entry? Get(string key) => _entries.FindLast(e => Is(e, key));

    /// <summary>The last text value with this key, or null.</summary>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The last bytes with this key, or null.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    public IEnumerable<Entry> GetAll(string key) => _entries.Where(e => Is(e, key));

    public void Add(string key, string value) => _entries.Add(new Entry(key, value));

    public void Add(string key, byte[] valueBytes) => _entries.Add(new Entry(key, valueBytes));

    public void Add(Entry item) => _entries.Add(item);

    public void Insert(int index, Entry item) => _entries.Insert(index, item);

    public bool Remove(Entry item) => _entries.Remove(item);

    public void RemoveAt(int index) => _entries.RemoveAt(index);

    public void Clear() => _entries.Clear();

    public bool Contains(Entry item) => _entries.Contains(item);

    public int IndexOf(Entry item) => _entries.IndexOf(item);

    public void CopyTo(Entry[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool Is(Entry entry, string key) => entry.Key.Equals(key, StringComparison.OrdinalIgnoreCase);

    /// <summary>One key with its value.</summary>
    public sealed class Entry
    {
        private readonly byte[]? _bytes;
        private readonly string? _text;

        /// <exception cref="ArgumentException">The key or the value cannot stand in a header, or the key is for bytes.</exception>
        public Entry(string key, string value)
        {
            Key = Checked(key, isBinary: false);
            ArgumentNullException.ThrowIfNull(value);
            // Bytes outside the printable range would end or split the header that they stand in.
            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                throw new ArgumentException("A text value is printable ASCII; other text goes into a -bin key.", nameof(value));
            _text = value;
        }

        /// <exception cref="ArgumentException">The key does not end in "-bin".</exception>
        public Entry(string key, byte[] valueBytes)
        {
            Key = Checked(key, isBinary: true);
            ArgumentNullException.ThrowIfNull(valueBytes);
            _bytes = valueBytes;
        }

        public string Key { get; }

        public bool IsBinary => _bytes is not null;

        /// <exception cref="InvalidOperationException">The entry carries bytes.</exception>
        public string Value => _text ?? throw new InvalidOperationException("The entry carries bytes.");

        public byte[] ValueBytes => _bytes ?? Encoding.ASCII.GetBytes(_text!);

        public override string ToString() => IsBinary ? $"[{Key}: {_bytes!.Length} bytes]" : $"[{Key}: {_text}]";

        private static string Checked(string key, bool isBinary)
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            foreach (var c in key)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                    throw new ArgumentException($"'{key}' is no metadata key.", nameof(key));
            }
            var lower = key.ToLowerInvariant();
            if (lower.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal) != isBinary)
                throw new ArgumentException("Bytes stand under a key that ends in -bin, and nothing else does.", nameof(key));
            return lower;
        }
    }
}
