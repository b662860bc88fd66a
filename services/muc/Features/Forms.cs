using Annex.Xmpp.Extensions.Forms;

namespace Annex.Muc.Features;

/// <summary>Data forms as XEP-0045 uses them.</summary>
internal static class Forms
{
    /// <summary>A field with what it holds.</summary>
    public static Field Field(string var, FieldType type, string? label, params IEnumerable<string> values) =>
        new(var, type, values) { Label = label };

    /// <summary>The values of a field; null where it was not submitted.</summary>
    public static IReadOnlyList<string>? ValuesOf(this DataForm form, string var) => form[var]?.Values;

    /// <summary>The first value of a field, or null.</summary>
    public static string? First(this DataForm form, string var) => form[var]?.Value;
}
