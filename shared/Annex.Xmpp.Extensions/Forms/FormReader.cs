using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Forms;

/// <summary>Counts while a form is read.</summary>
internal sealed class FormReader(FormLimits limits)
{
    private int _values;
    private int _options;
    private int _items;

    public bool IsTooLarge { get; private set; }

    public void Read(Element element, List<Field> into)
    {
        if (IsTooLarge || into.Count >= limits.MaxFields)
        {
            IsTooLarge = true;
            return;
        }

        var field = Field.Read(element);
        _values += field.Values.Count;
        _options += field.Options.Count;
        IsTooLarge = _values > limits.MaxValues || _options > limits.MaxOptions ||
            field.Values.Exists(value => value.Length > limits.MaxValueLength);
        into.Add(field);
    }

    public void ReadAll(Element parent, List<Field> into)
    {
        foreach (var child in parent.ChildrenNamed("field", DataForm.Namespace))
            Read(child, into);
    }

    public List<Field> ReadItem(Element element)
    {
        var fields = new List<Field>();
        IsTooLarge |= ++_items > limits.MaxItems;
        ReadAll(element, fields);
        return fields;
    }
}
