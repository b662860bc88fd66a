using System.Diagnostics.CodeAnalysis;
using Annex.Xmpp.Stanzas;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Forms;

/// <summary>
/// A data form (XEP-0004) with its FORM_TYPE (XEP-0068). Reading is lenient, as senders are: fields without value,
/// without type or with an unknown one, reported after items. Writing keeps to the letter. Not thread-safe while it is
/// built.
/// </summary>
public sealed class DataForm
{
    public const string Namespace = "jabber:x:data";
    private const string FormTypeVar = "FORM_TYPE";

    private readonly List<IReadOnlyList<Field>> _items = [];

    public DataForm(FormType type, string? formType = null, params IEnumerable<Field> fields)
    {
        Type = type;
        if (formType is not null)
            Fields.Add(Field.Hidden(FormTypeVar, formType));
        Fields.AddRange(fields);
    }

    public FormType Type { get; }

    public string? Title { get; set; }

    /// <summary>Paragraphs for people.</summary>
    public List<string> Instructions { get; } = [];

    public List<Field> Fields { get; } = [];

    /// <summary>The head of the table of a result with items.</summary>
    public List<Field> Reported { get; } = [];

    /// <summary>The rows, each with fields named as in <see cref="Reported"/>.</summary>
    public IReadOnlyList<IReadOnlyList<Field>> Items => _items;

    /// <summary>XEP-0068 §3.1: the FORM_TYPE; only a hidden field counts, or in a submission one without
    /// type.</summary>
    public string? FormTypeName
    {
        get
        {
            var named = this[FormTypeVar];
            var isMeant = named?.Type is FieldType.Hidden ||
                (Type is FormType.Submit or FormType.Cancel && named?.Type is null);
            return isMeant ? named?.Value : null;
        }
    }

    /// <summary>The first field of this name, or null.</summary>
    public Field? this[string var] => Fields.Find(field => field.Var == var);

    /// <summary>Adds a field; returns this.</summary>
    public DataForm Add(Field field)
    {
        Fields.Add(field);
        return this;
    }

    /// <summary>Adds a row; returns this.</summary>
    public DataForm AddItem(params IEnumerable<Field> fields)
    {
        _items.Add(fields.ToList());
        return this;
    }

    /// <summary>The first form among an element's children, of this FORM_TYPE unless null; null where there is none or
    /// it breaks the limits.</summary>
    public static DataForm? Find(Element parent, string? formType = null, FormLimits? limits = null)
    {
        foreach (var x in parent.ChildrenNamed("x", Namespace))
        {
            if (TryParse(x, out var form, out _, limits) && (formType is null || form.FormTypeName == formType))
                return form;
        }

        return null;
    }

    /// <summary>Reads an x element.</summary>
    /// <param name="error">bad-request, or policy-violation where the limits are broken.</param>
    public static bool TryParse(Element x, [NotNullWhen(true)] out DataForm? form,
        [NotNullWhen(false)] out StanzaError? error, FormLimits? limits = null)
    {
        form = null;
        error = StanzaError.BadRequest.WithText("This is no data form.");
        if (x.Name != "x" || x.Namespace != Namespace || ReadType(x["type"]) is not { } type)
            return false;

        var reader = new FormReader(limits ?? FormLimits.Default);
        var read = new DataForm(type) { Title = x.Child("title")?.Text };
        foreach (var child in x.Children)
        {
            if (child.Namespace != Namespace)
                continue;
            if (child.Name == "instructions" && read.Instructions.Count < 16)
                read.Instructions.Add(child.Text);
            else if (child.Name == "field")
                reader.Read(child, read.Fields);
            else if (child.Name == "reported")
                reader.ReadAll(child, read.Reported);
            else if (child.Name == "item")
                read._items.Add(reader.ReadItem(child));

            if (reader.IsTooLarge)
            {
                error = StanzaError.PolicyViolation.WithText("The form is too large.");
                return false;
            }
        }

        form = read;
        error = null;
        return true;
    }

    public Element ToElement()
    {
        var x = new Element("x", Namespace).With("type", TypeName(Type));
        if (Title is not null)
            x.Add("title", Title);
        foreach (var line in Instructions)
            x.Add("instructions", line);
        foreach (var field in Fields)
            x.Add(field.ToElement());
        if (Reported.Count > 0)
        {
            // XEP-0004 §3.4: reported before any item.
            var reported = new Element("reported", Namespace);
            foreach (var field in Reported)
                reported.Add(field.ToElement());
            x.Add(reported);
        }

        foreach (var row in _items)
        {
            var item = new Element("item", Namespace);
            foreach (var field in row)
                item.Add(field.ToElement(isWithinResultItem: true));
            x.Add(item);
        }

        return x;
    }

    // A submission is what a service gets; some clients leave its type out.
    private static FormType? ReadType(string? name) => name switch
    {
        "form" => FormType.Form,
        "submit" or null => FormType.Submit,
        "cancel" => FormType.Cancel,
        "result" => FormType.Result,
        _ => null,
    };

    private static string TypeName(FormType type) => type switch
    {
        FormType.Form => "form",
        FormType.Submit => "submit",
        FormType.Cancel => "cancel",
        _ => "result",
    };
}
