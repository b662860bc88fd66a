// Hot path
using System.Runtime.CompilerServices;

namespace Annex.Xmpp.Xml;

// The declarations of the elements that were entered, innermost last. They are noted once, on entering, so that a look-up does not
// read all the tags around again: of a hostile stanza with deep nesting and many attributes these would be read thousands of times.
public ref partial struct XmlReader
{
    // More than messages in use declare at one place; only beyond that there is an allocation.
    [InlineArray(Size)]
    private struct Bindings
    {
        public const int Size = 6;
        private Binding _first;
    }

    /// <param name="Depth">How many elements were entered, that of the declaration included.</param>
    private readonly record struct Binding(int PrefixStart, int PrefixLength, int ValueStart, int ValueLength, int Depth)
    {
        /// <summary>Empty: the default namespace.</summary>
        public ReadOnlySpan<byte> Prefix(ReadOnlySpan<byte> xml) => xml.Slice(PrefixStart, PrefixLength);

        public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> xml) => xml.Slice(ValueStart, ValueLength);
    }

    private void Declare(int tag)
    {
        var attributes = new XmlAttributes(_xml[tag..]);
        while (attributes.MoveNext())
        {
            var name = attributes.Name;
            if (!name.StartsWith("xmlns"u8)) continue;
            int prefix = name.Length == 5 ? 5 : name[5] == (byte)':' ? 6 : -1;
            if (prefix < 0) continue;
            Add(new Binding(tag + attributes.NameStart + prefix, name.Length - prefix, tag + attributes.ValueStart,
                attributes.Value.Length, _depth));
        }
    }

    private void Add(in Binding binding)
    {
        if (_bindingCount < Bindings.Size)
        {
            _bindings[_bindingCount++] = binding;
            return;
        }

        int i = _bindingCount++ - Bindings.Size;
        if (_moreBindings is null || i >= _moreBindings.Length) Array.Resize(ref _moreBindings, Math.Max(16, i * 2));
        _moreBindings[i] = binding;
    }

    private readonly Binding BindingAt(int i) => i < Bindings.Size ? _bindings[i] : _moreBindings![i - Bindings.Size];

    /// <summary>The innermost declaration of a prefix in the elements that were entered; -1 where there is none.</summary>
    private readonly int FindBinding(ReadOnlySpan<byte> prefix)
    {
        for (int i = _bindingCount - 1; i >= 0; i--)
        {
            if (BindingAt(i).Prefix(_xml).SequenceEqual(prefix)) return i;
        }

        return -1;
    }
}
