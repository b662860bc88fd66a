using Annex.Muc.Rooms;
using Annex.Xmpp.Xml;

namespace Annex.Muc.Features;

/// <summary>Data forms as XEP-0045 uses them (XEP-0004 2.13).</summary>
internal static class Forms
{
    public static Element Field(string var, string type, string? label, IReadOnlyList<string> values)
    {
        var field = new Element("field", MucNamespaces.DataForm).With("var", var).With("type", type);
        if (label is not null)
            field.With("label", label);
        foreach (var value in values)
            field.Add("value", value);
        return field;
    }

    public static Element Option(string label, string value) =>
        new Element("option", MucNamespaces.DataForm).With("label", label).Add("value", value);

    /// <summary>The submitted fields by name, FORM_TYPE included.</summary>
    public static Dictionary<string, IReadOnlyList<string>> Read(Element form)
    {
        var fields = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var field in form.ChildrenNamed("field"))
        {
            if (field["var"] is { } var)
                fields[var] = [.. field.ChildrenNamed("value").Select(v => v.Text)];
        }
        return fields;
    }

    public static string? First(this Dictionary<string, IReadOnlyList<string>> fields, string var) =>
        fields.TryGetValue(var, out var values) && values.Count > 0 ? values[0] : null;
}
