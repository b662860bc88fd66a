using System.Globalization;
using System.Text.RegularExpressions;
using Annex.Xmpp.Extensions.Delay;
using Annex.Xmpp.Xml;

namespace Annex.Xmpp.Extensions.Forms;

/// <summary>What the values of a field have to look like (XEP-0122): a datatype, and for it a range or a
/// pattern.</summary>
public sealed record FieldValidation
{
    public const string Namespace = "http://jabber.org/protocol/xdata-validate";

    // A pattern is ours, the text a stranger's: no backtracking, or one value could keep a processor busy.
    private const RegexOptions PatternOptions = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>xs:string, xs:integer, xs:dateTime and so on (XEP-0122 §4.1); one that is not known takes any
    /// text.</summary>
    public string Datatype { get; init; } = "xs:string";

    /// <summary>Values outside the list of options are welcome (§3.2.2).</summary>
    public bool IsOpen { get; init; }

    public string? Min { get; init; }

    public string? Max { get; init; }

    /// <summary>The whole value has to match.</summary>
    public string? Pattern { get; init; }

    /// <summary>How many values a list-multi takes (§3.3).</summary>
    public int? ListMin { get; init; }

    public int? ListMax { get; init; }

    /// <summary>A whole number within bounds: what most settings are.</summary>
    public static FieldValidation Integer(long? min = null, long? max = null) => new()
    {
        Datatype = "xs:integer",
        Min = min?.ToString(CultureInfo.InvariantCulture),
        Max = max?.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Null where the value fits; otherwise what is wrong, for a person.</summary>
    public string? Problem(string value)
    {
        if (!IsOfDatatype(value))
            return $"is no {Datatype}";
        if ((Min is not null && Compare(value, Min) < 0) || (Max is not null && Compare(value, Max) > 0))
            return $"is not between {Min ?? "any"} and {Max ?? "any"}";
        return Pattern is not null && !Regex.IsMatch(value, $"^(?:{Pattern})$", PatternOptions)
            ? "has the wrong form"
            : null;
    }

    internal static FieldValidation? Read(Element field)
    {
        if (field.Child("validate", Namespace) is not { } validate)
            return null;

        var range = validate.Child("range");
        var list = validate.Child("list-range");
        return new FieldValidation
        {
            Datatype = validate["datatype"] ?? "xs:string",
            IsOpen = validate.Child("open") is not null,
            Min = range?["min"],
            Max = range?["max"],
            Pattern = validate.Child("regex")?.Text,
            ListMin = Count(list?["min"]),
            ListMax = Count(list?["max"]),
        };
    }

    internal Element ToElement()
    {
        var validate = new Element("validate", Namespace).With("datatype", Datatype);
        if (Min is not null || Max is not null)
            validate.Add(new Element("range", Namespace).With("min", Min).With("max", Max));
        else if (Pattern is not null)
            validate.Add("regex", Pattern);
        else
            validate.Add(new Element(IsOpen ? "open" : "basic", Namespace));
        if (ListMin is not null || ListMax is not null)
            validate.Add(new Element("list-range", Namespace)
                .With("min", ListMin?.ToString(CultureInfo.InvariantCulture))
                .With("max", ListMax?.ToString(CultureInfo.InvariantCulture)));
        return validate;
    }

    private bool IsOfDatatype(string value) => Datatype switch
    {
        "xs:byte" => sbyte.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "xs:short" => short.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "xs:int" => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "xs:long" or "xs:integer" =>
            long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "xs:decimal" => decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out _),
        "xs:double" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
        "xs:boolean" => Field.TryReadBoolean(value, out _),
        "xs:dateTime" => XmppDateTime.TryParse(value, out _),
        "xs:date" => XmppDateTime.TryParseDate(value, out _),
        "xs:anyURI" => Uri.TryCreate(value, UriKind.RelativeOrAbsolute, out _),
        _ => true,
    };

    private int Compare(string left, string right)
    {
        if (Datatype is "xs:dateTime")
            return XmppDateTime.TryParse(left, out var a) && XmppDateTime.TryParse(right, out var b)
                ? a.CompareTo(b)
                : 0;
        if (Datatype is "xs:date")
            return XmppDateTime.TryParseDate(left, out var c) && XmppDateTime.TryParseDate(right, out var d)
                ? c.CompareTo(d)
                : 0;
        return decimal.TryParse(left, NumberStyles.Float, CultureInfo.InvariantCulture, out var e) &&
            decimal.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out var f)
            ? e.CompareTo(f)
            : 0;
    }

    private static int? Count(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
}
