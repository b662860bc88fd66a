using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Annex.Xmpp.Addressing;
using Annex.Xmpp.Stanzas;

namespace Annex.Xmpp.Extensions.Forms;

/// <summary>
/// What somebody submitted, checked against the form that defines it: the types are the definition's, whatever the
/// sender claims. A field that was not sent keeps what it was (XEP-0004 §3.5): ask <see cref="Has"/> first.
/// </summary>
public sealed class FormSubmission
{
    private readonly Dictionary<string, Field> _fields = new(StringComparer.Ordinal);

    private FormSubmission()
    {
    }

    /// <summary>Names that were sent and that the definition knows.</summary>
    public IReadOnlyCollection<string> Vars => _fields.Keys;

    /// <summary>Was this field sent? It may still be empty.</summary>
    public bool Has(string var) => _fields.ContainsKey(var);

    /// <summary>The field in its registered type, or null where it was not sent.</summary>
    public Field? this[string var] => _fields.GetValueOrDefault(var);

    /// <summary>The text (lines joined), null where it was not sent; empty where it was cleared.</summary>
    public string? Text(string var) => this[var]?.Text;

    public bool? Boolean(string var) => this[var] is { } field ? field.Boolean ?? false : null;

    public long? Integer(string var) =>
        long.TryParse(this[var]?.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;

    public Jid? Jid(string var) => this[var]?.Jid;

    public IReadOnlyList<Jid>? Jids(string var) => this[var]?.Jids;

    /// <summary>Fields that the definition does not know are left out: other versions of a client may send
    /// more.</summary>
    /// <param name="isComplete">Every required field has to be there; otherwise a missing one keeps what it
    /// was.</param>
    /// <param name="error">not-acceptable with a text that names the field (XEP-0004 §4).</param>
    public static bool TryRead(DataForm definition, DataForm submitted, bool isComplete,
        [NotNullWhen(true)] out FormSubmission? submission, [NotNullWhen(false)] out StanzaError? error)
    {
        submission = null;
        error = null;
        var read = new FormSubmission();
        if (submitted.FormTypeName is { } name && definition.FormTypeName is { } expected && name != expected)
        {
            error = StanzaError.BadRequest.WithText($"The form is a {name}, not a {expected}.");
            return false;
        }

        foreach (var field in definition.Fields)
        {
            if (field.Var is null || field.Type is FieldType.Fixed)
                continue;

            var sent = submitted[field.Var];
            if (field.IsRequired && (sent is null ? isComplete : IsBlank(sent)))
            {
                error = NotAcceptable(field, "is required");
                return false;
            }

            if (sent is null)
                continue;

            var typed = new Field(field.Var, field.Type ?? FieldType.TextSingle, sent.Values) { Label = field.Label };
            if (Problem(field, typed) is { } problem)
            {
                error = NotAcceptable(field, problem);
                return false;
            }

            read._fields[field.Var] = typed;
        }

        submission = read;
        return true;
    }

    private static bool IsBlank(Field field) => field.Values.TrueForAll(string.IsNullOrEmpty);

    private static StanzaError NotAcceptable(Field field, string problem) =>
        StanzaError.NotAcceptable.WithText($"{field.Label ?? field.Var} ({field.Var}) {problem}.");

    private static string? Problem(Field definition, Field sent)
    {
        // An empty value says the same as no value (XEP-0004 §3.6).
        if (IsBlank(sent))
            return null;

        var isMulti = definition.Type
            is FieldType.ListMulti or FieldType.JidMulti or FieldType.TextMulti or FieldType.Hidden;
        if (!isMulti && sent.Values.Count > 1)
            return "takes one value";

        switch (definition.Type)
        {
            case FieldType.Boolean when sent.Boolean is null:
                return "is neither true nor false";
            case FieldType.JidSingle or FieldType.JidMulti
                when sent.Values.Exists(value => value.Length > 0 && !Addressing.Jid.TryParse(value.Trim(), out _)):
                return "is no address";
            case FieldType.ListSingle or FieldType.ListMulti when IsOutsideOptions(definition, sent):
                return "is not among the options";
        }

        if (definition.Validation is not { } validation)
            return null;

        if (sent.Values.Count < validation.ListMin || sent.Values.Count > validation.ListMax)
            return $"takes {validation.ListMin ?? 0} to {validation.ListMax ?? int.MaxValue} values";

        return sent.Values.Select(validation.Problem).FirstOrDefault(problem => problem is not null);
    }

    private static bool IsOutsideOptions(Field definition, Field sent) =>
        definition.Options.Count > 0 && definition.Validation is not { IsOpen: true } &&
        sent.Values.Exists(value => !definition.Options.Exists(option => option.Value == value));
}
