namespace Annex.Search.Index;

/// <summary>The slots that a word is in, ascending, with the places where it stands there (<see cref="Lexeme"/>).</summary>
internal sealed class Postings
{
    private const int WeightBits = 4;

    // A slot and its weights in one number: a query for a common word reads tens of thousands of them.
    private int[] _items = new int[2];

    // Where the word stands, item by item, and where in it each item's places end.
    private ushort[] _places = new ushort[2];
    private int[] _ends = new int[2];

    public int Count { get; private set; }

    /// <summary>See <see cref="SlotOf"/> and <see cref="WeightsOf"/>.</summary>
    public ReadOnlySpan<int> Items => _items.AsSpan(0, Count);

    public static int SlotOf(int item) => item >> WeightBits;

    /// <summary>Bits: 8 name, 4 address, 2 description, 1 tags.</summary>
    public static int WeightsOf(int item) => item & ((1 << WeightBits) - 1);

    public ReadOnlySpan<ushort> PlacesAt(int index) => _places.AsSpan(StartOf(index).._ends[index]);

    public void Add(int slot, ReadOnlySpan<ushort> places)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
            Array.Resize(ref _ends, Count * 2);
        }
        var weights = 0;
        foreach (var place in places)
            weights |= 1 << (place & 3);
        var start = StartOf(Count);
        if (start + places.Length > _places.Length)
            Array.Resize(ref _places, Math.Max(start * 2, start + places.Length));
        places.CopyTo(_places.AsSpan(start));
        _items[Count] = (slot << WeightBits) | weights;
        _ends[Count++] = start + places.Length;
    }

    /// <summary>From here on the first place of a slot, or of one behind it. Near ones are found in few steps.</summary>
    public int Seek(int from, int slot)
    {
        var items = Items;
        var step = 1;
        var (low, high) = (from, from);
        while (high < items.Length && SlotOf(items[high]) < slot)
        {
            low = high + 1;
            high += step;
            step *= 2;
        }
        high = Math.Min(high, items.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (SlotOf(items[middle]) < slot)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private int StartOf(int index) => index == 0 ? 0 : _ends[index - 1];
}
