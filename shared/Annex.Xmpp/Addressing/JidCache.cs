// Hot path
using System.Numerics;

namespace Annex.Xmpp.Addressing;

/// <summary>
/// Remembers addresses by the bytes they were written with. A set-associative table of fixed size: reading takes no
/// lock and writes nothing; a full set loses one of its ways, in turn. Races lose an entry or keep it twice, never mix
/// two up, since every hit is compared byte by byte.
/// </summary>
internal sealed class JidCache
{
    // Four tags are 16 bytes: one set costs one cache line to look through.
    private const int Ways = 4;

    // Longer addresses are parsed each time: the table bounds entries, this bounds their bytes.
    internal const int MaxCachedBytes = 512;

    private readonly uint[] _tags;
    private readonly Jid?[] _entries;
    private readonly ulong _setMask;
    private uint _victim;

    /// <param name="capacity">Entries; rounded up to a power of two, 64 to 16,777,216.</param>
    public JidCache(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 0);
        var entries = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(capacity, 64, 1 << 24));
        _tags = new uint[entries];
        _entries = new Jid?[entries];
        _setMask = (ulong)((entries / Ways) - 1);
    }

    // 65,536 addresses: some 20,000 occupants with their full, bare and room addresses.
    public static JidCache Shared { get; set; } = new(65_536);

    public int Capacity => _entries.Length;

    public Jid? Find(ReadOnlySpan<byte> utf8, ulong hash)
    {
        var tag = (uint)(hash >> 32);
        var start = (int)(hash & _setMask) * Ways;
        for (var i = start; i < start + Ways; i++)
        {
            if (_tags[i] == tag && _entries[i] is { } jid && jid.Utf8.SequenceEqual(utf8))
            {
                return jid;
            }
        }

        return null;
    }

    /// <summary>Takes the address in, in the place of one written with the same bytes where there is one.</summary>
    public void Add(Jid jid, ulong hash)
    {
        var utf8 = jid.Utf8;
        if (utf8.Length > MaxCachedBytes)
        {
            return;
        }

        var start = (int)(hash & _setMask) * Ways;
        var place = -1;
        for (var i = start; i < start + Ways; i++)
        {
            var entry = _entries[i];
            if (entry is not null && entry.Utf8.SequenceEqual(utf8))
            {
                place = i;
                break;
            }

            if (entry is null && place < 0)
            {
                place = i;
            }
        }

        if (place < 0)
        {
            place = start + (int)(_victim++ % Ways);
        }

        _entries[place] = jid;
        _tags[place] = (uint)(hash >> 32);
    }
}
