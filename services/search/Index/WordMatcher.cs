using System.Numerics;
using System.Runtime.InteropServices;

namespace Annex.Search.Index;

/// <summary>Where the words of a query stand in the rooms in memory.</summary>
internal sealed class WordMatcher
{
    // A query's match in a room, as bits: every word in the name; in the name, address or tags; anywhere that was asked for.
    public const byte InName = 1;
    public const byte InAddressOrTags = 2;
    public const byte Anywhere = 4;

    private const byte NameWeight = 8;
    private const byte AddressWeight = 4;
    private const byte DescriptionWeight = 2;
    private const byte TagWeight = 1;

    private readonly MemoryContents _contents;
    private readonly SearchTerms _terms;
    private readonly Func<string, IReadOnlyList<string>> _stems;

    // By the weights of a word in a room.
    private readonly byte[] _classes = new byte[16];

    public WordMatcher(MemoryContents contents, RoomQuery query, Func<string, IReadOnlyList<string>> stems)
    {
        (_contents, _terms, _stems) = (contents, query.Terms!, stems);
        var fields = query.Fields;
        var name = fields.HasFlag(SearchFields.Name) ? NameWeight : (byte)0;
        var early = (byte)(name | (fields.HasFlag(SearchFields.Address) ? AddressWeight : 0) | TagWeight);
        var all = fields.HasFlag(SearchFields.Description)
            ? (byte)(early | DescriptionWeight) : (byte)(early & ~TagWeight);
        for (var weights = 0; weights < 16; weights++)
        {
            _classes[weights] = (byte)(((weights & name) != 0 ? InName : 0)
                | (fields.HasFlag(SearchFields.Description) && (weights & early) != 0 ? InAddressOrTags : 0)
                | ((weights & all) != 0 ? Anywhere : 0));
        }
    }

    /// <param name="matches">By slot.</param>
    /// <param name="word">As long, to work with.</param>
    public void Match(Span<byte> matches, Span<byte> word)
    {
        for (var i = 0; i < _terms.Phrases.Count; i++)
        {
            // The first is matched where the result will be, the others beside it, and what both have stays.
            var into = i == 0 ? matches : word;
            into.Clear();
            if (_terms.Phrases[i].Count == 1)
                MatchWord(_terms.Phrases[i][0].Text, _terms.IsOpen[i], into);
            else
                MatchPhrase(_terms.Phrases[i], into);
            if (i > 0)
                And(matches, word);
        }
    }

    private void MatchWord(string text, bool isOpen, Span<byte> into)
    {
        if (isOpen)
        {
            foreach (var term in _contents.TermsFrom(text))
                Or(_contents.PostingsAt(term), into);
        }
        else if (_contents.PostingsOf(text) is { } postings)
            Or(postings, into);
        foreach (var stem in _stems(text))
        {
            // Most words are their own stem, and what begins like the word is there already.
            if (isOpen ? !stem.StartsWith(text, StringComparison.Ordinal) : stem != text)
            {
                if (_contents.PostingsOf(stem) is { } postings)
                    Or(postings, into);
            }
        }
    }

    private void Or(Postings postings, Span<byte> into)
    {
        var classes = _classes.AsSpan(0, 16);
        foreach (var item in postings.Items)
            into[Postings.SlotOf(item)] |= classes[Postings.WeightsOf(item)];
    }

    private static void And(Span<byte> matches, ReadOnlySpan<byte> other)
    {
        var wide = MemoryMarshal.Cast<byte, Vector<byte>>(matches);
        var otherWide = MemoryMarshal.Cast<byte, Vector<byte>>(other);
        for (var i = 0; i < wide.Length; i++)
            wide[i] &= otherWide[i];
        for (var i = wide.Length * Vector<byte>.Count; i < matches.Length; i++)
            matches[i] &= other[i];
    }

    private void MatchPhrase(IReadOnlyList<Word> phrase, Span<byte> into)
    {
        var words = new Postings[phrase.Count];
        var rarest = 0;
        for (var i = 0; i < words.Length; i++)
        {
            if (_contents.PostingsOf(phrase[i].Text) is not { } found)
                return;
            words[i] = found;
            if (found.Count < words[rarest].Count)
                rarest = i;
        }
        // Along the rarest; the others follow to the rooms that have it.
        var at = new int[words.Length];
        for (; at[rarest] < words[rarest].Count; at[rarest]++)
        {
            var slot = Postings.SlotOf(words[rarest].Items[at[rarest]]);
            var hasAll = true;
            for (var i = 0; i < words.Length && hasAll; i++)
            {
                if (i != rarest)
                    at[i] = words[i].Seek(at[i], slot);
                hasAll = at[i] < words[i].Count && Postings.SlotOf(words[i].Items[at[i]]) == slot;
            }
            if (hasAll)
                into[slot] = ClassOf(words, at);
        }
    }

    // The words side by side, and where: a phrase counts for a place if all its words stand in that place.
    private byte ClassOf(Postings[] words, int[] at)
    {
        byte found = 0;
        foreach (var first in words[0].PlacesAt(at[0]))
        {
            var weight = (byte)(1 << (first & 3));
            var classes = _classes[weight];
            for (var i = 1; i < words.Length && classes != 0; i++)
            {
                byte here = 0;
                foreach (var place in words[i].PlacesAt(at[i]))
                {
                    if (place >> 2 == (first >> 2) + i)
                        here |= _classes[1 << (place & 3)];
                }
                classes &= here;
            }
            found |= classes;
        }
        return found;
    }
}
