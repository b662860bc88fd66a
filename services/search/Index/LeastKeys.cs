using System.Buffers;

namespace Annex.Search.Index;

/// <summary>The least of many keys that come in any order.</summary>
internal sealed class LeastKeys : IDisposable
{
    private readonly int _wanted;
    private readonly long[] _keys;
    private int _count;

    /// <param name="wanted">How many are kept.</param>
    public LeastKeys(int wanted)
    {
        _wanted = wanted;
        // With room for as many again they are sorted rarely.
        _keys = ArrayPool<long>.Shared.Rent(Math.Max(128, wanted * 2));
    }

    /// <summary>A key that is not below it is none of them.</summary>
    public long Limit { get; private set; } = long.MaxValue;

    public void Add(long key)
    {
        _keys[_count++] = key;
        if (_count == _keys.Length)
            Cut();
    }

    /// <summary>Ascending, as long as nothing more is added.</summary>
    public ReadOnlySpan<long> Sorted()
    {
        Cut();
        return _keys.AsSpan(0, _count);
    }

    public void Dispose() => ArrayPool<long>.Shared.Return(_keys);

    private void Cut()
    {
        _keys.AsSpan(0, _count).Sort();
        if (_count < _wanted)
            return;
        _count = _wanted;
        Limit = _keys[_wanted - 1];
    }
}
