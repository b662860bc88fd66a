using Annex.Xmpp.Addressing;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Forms;

/// <summary>One field of a form. Mutable while a form is built; not thread-safe.</summary>
public sealed class Field
{
    private static readonly (FieldType Type, string Name)[] Names =
    [
        (FieldType.TextSingle, "text-single"), (FieldType.TextMulti, "text-multi"),
        (FieldType.TextPrivate, "text-private"),
        (FieldType.Boolean, "boolean"), (FieldType.ListSingle, "list-single"), (FieldType.ListMulti, "list-multi"),
        (FieldType.JidSingle, "jid-single"), (FieldType.JidMulti, "jid-multi"), (FieldType.Hidden, "hidden"),
        (FieldType.Fixed, "fixed"),
    ];

    public Field(string? var, FieldType? type = null, params IEnumerable<string> values)
    {
        Var = var;
        Type = type;
        Values.AddRange(values);
    }

    /// <summary>The name; null only where the type is fixed.</summary>
    public string? Var { get; }

    /// <summary>The type; null where the sender gave none (usual in submissions) and it has to be known from the form's
    /// definition. A type that no specification knows counts as text-single (XEP-0004 §3.3).</summary>
    public FieldType? Type { get; set; }

    public string? Label { get; set; }

    /// <summary>A longer explanation, for people.</summary>
    public string? Description { get; set; }

    public bool IsRequired { get; set; }

    /// <summary>All values in order; empty for a field without value, which clears what it names (XEP-0004
    /// §3.6).</summary>
    public List<string> Values { get; } = [];

    public List<FieldOption> Options { get; } = [];

    public FieldValidation? Validation { get; set; }

    public FieldMedia? Media { get; set; }

    /// <summary>The first value, or null.</summary>
    public string? Value => Values.Count > 0 ? Values[0] : null;

    /// <summary>All values as lines of one text.</summary>
    public string Text => string.Join('\n', Values);

    /// <summary>The value as true or false; null where it is neither (or none).</summary>
    public bool? Boolean => TryReadBoolean(Value, out var value) ? value : null;

    /// <summary>The value as an address; null where it is none.</summary>
    public Jid? Jid => Jid.TryParse(Value?.Trim(), out var jid) ? jid : null;

    /// <summary>All values that are addresses, each once (XEP-0004 §3.3: duplicates are ignored).</summary>
    public IReadOnlyList<Jid> Jids
    {
        get
        {
            var jids = new List<Jid>();
            var seen = new HashSet<Jid>();
            foreach (var value in Values)
            {
                if (Jid.TryParse(value.Trim(), out var jid) && seen.Add(jid))
                    jids.Add(jid);
            }

            return jids;
        }
    }

    /// <summary>XEP-0004 §3.3: true, false, 1 and 0.</summary>
    public static bool TryReadBoolean(string? text, out bool value)
    {
        value = text?.Trim() is "1" or "true";
        return value || text?.Trim() is "0" or "false";
    }

    public static Field TextSingle(string var, string? value, string? label = null) =>
        Make(var, FieldType.TextSingle, label, value);

    public static Field TextPrivate(string var, string? value, string? label = null) =>
        Make(var, FieldType.TextPrivate, label, value);

    /// <summary>Each line of the text becomes a value (XEP-0004 §3.3).</summary>
    public static Field TextMulti(string var, string? text, string? label = null) =>
        Make(var, FieldType.TextMulti, label,
            string.IsNullOrEmpty(text) ? [] : text.ReplaceLineEndings("\n").Split('\n'));

    public static Field Bool(string var, bool value, string? label = null) =>
        Make(var, FieldType.Boolean, label, value ? "1" : "0");

    public static Field ListSingle(string var, string? value, string? label, params IEnumerable<FieldOption> options)
    {
        var field = Make(var, FieldType.ListSingle, label, value);
        field.Options.AddRange(options);
        return field;
    }

    public static Field ListMulti(string var, IEnumerable<string> values, string? label,
        params IEnumerable<FieldOption> options)
    {
        var field = Make(var, FieldType.ListMulti, label, values);
        field.Options.AddRange(options);
        return field;
    }

    public static Field JidSingle(string var, Jid? value, string? label = null) =>
        Make(var, FieldType.JidSingle, label, value?.ToString());

    public static Field JidMulti(string var, IEnumerable<Jid> values, string? label = null) =>
        Make(var, FieldType.JidMulti, label, values.Select(jid => jid.ToString()));

    public static Field Hidden(string var, string value) => new(var, FieldType.Hidden, value);

    /// <summary>Text between the fields, for people.</summary>
    public static Field Fixed(string text) => new(null, FieldType.Fixed, text);

    public Field Require()
    {
        IsRequired = true;
        return this;
    }

    public Field Validate(FieldValidation validation)
    {
        Validation = validation;
        return this;
    }

    internal static Field Read(Element element)
    {
        var field = new Field(element["var"], ReadType(element["type"]))
        {
            Label = element["label"],
            Description = element.Child("desc")?.Text,
            IsRequired = element.Child("required") is not null,
            Validation = FieldValidation.Read(element),
            Media = FieldMedia.Read(element),
        };
        foreach (var value in element.ChildrenNamed("value"))
            field.Values.Add(value.Text);
        foreach (var option in element.ChildrenNamed("option"))
        {
            // Some senders forget the value element of an option and put the text straight into it.
            field.Options.Add(new FieldOption(option.Child("value")?.Text ?? option.Text.Trim(), option["label"]));
        }

        return field;
    }

    internal Element ToElement(bool isWithinResultItem = false)
    {
        var type = isWithinResultItem || Type is null ? null : Array.Find(Names, pair => pair.Type == Type).Name;
        var element = new Element("field", DataForm.Namespace).With("var", Var).With("type", type).With("label", Label);
        if (Validation is not null)
            element.Add(Validation.ToElement());
        if (Description is not null)
            element.Add("desc", Description);
        if (IsRequired)
            element.Add(new Element("required", DataForm.Namespace));
        foreach (var value in Values)
            element.Add("value", value);
        foreach (var option in Options)
        {
            element.Add(new Element("option", DataForm.Namespace)
                .With("label", option.Label).Add("value", option.Value));
        }

        if (Media is not null)
            element.Add(Media.ToElement());
        return element;
    }

    private static FieldType? ReadType(string? name)
    {
        if (name is null)
            return null;

        var index = Array.FindIndex(Names, pair => pair.Name == name);
        return index < 0 ? FieldType.TextSingle : Names[index].Type;
    }

    private static Field Make(string var, FieldType type, string? label, string? value) =>
        Make(var, type, label, value is null ? [] : [value]);

    private static Field Make(string var, FieldType type, string? label, IEnumerable<string> values) =>
        new(var, type, values) { Label = label };
}
