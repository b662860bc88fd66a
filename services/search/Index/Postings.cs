namespace Annex.Search.Index;

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
