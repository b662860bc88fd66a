using System.Runtime.InteropServices;

namespace Annex.Search.Index;

/// <summary>Numbers in the order of the texts that they stand for. What is added waits until it is put in its place together with
/// all that came with it: one costs little less than hundreds.</summary>
/// <param name="texts">By number; they stay as they are.</param>
internal sealed class TextOrder(List<string> texts, Comparison<string> compare)
{
    private readonly List<int> _sorted = [];
    private readonly List<int> _added = [];

    /// <summary>Without those that wait.</summary>
    public ReadOnlySpan<int> Numbers => CollectionsMarshal.AsSpan(_sorted);

    public void Add(int number) => _added.Add(number);

    /// <summary>Puts what was added in its places.</summary>
    /// <returns>The first place that has changed.</returns>
    public int Settle()
    {
        _added.Sort((x, y) => compare(texts[x], texts[y]));
        var end = _sorted.Count;
        CollectionsMarshal.SetCount(_sorted, end + _added.Count);
        var all = CollectionsMarshal.AsSpan(_sorted);
        // From the last on, so that everything is moved once.
        for (var i = _added.Count - 1; i >= 0; i--)
        {
            var place = Find(all[..end], texts[_added[i]], isAfter: true);
            all[place..end].CopyTo(all[(place + i + 1)..]);
            all[place + i] = _added[i];
            end = place;
        }
        _added.Clear();
        return end;
    }

    /// <summary>The place of the first that is this text or behind it; after it, the place of the first behind it.</summary>
    public int Find(string text, bool isAfter) => Find(Numbers, text, isAfter);

    /// <summary>Those that begin so.</summary>
    public ReadOnlySpan<int> StartingWith(string start)
    {
        var numbers = Numbers[Find(start, isAfter: false)..];
        var (low, high) = (0, numbers.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (texts[numbers[middle]].StartsWith(start, StringComparison.Ordinal))
                low = middle + 1;
            else
                high = middle;
        }
        return numbers[..low];
    }

    private int Find(ReadOnlySpan<int> numbers, string text, bool isAfter)
    {
        var (low, high) = (0, numbers.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = compare(texts[numbers[middle]], text);
            if (order < 0 || (order == 0 && isAfter))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
