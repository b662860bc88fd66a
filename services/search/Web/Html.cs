using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Annex.Search.Web;

/// <summary>
/// Markup. A string that is put into it is text, whatever it holds, and cannot become markup:
/// <code>Html.Of($"&lt;p class='name'&gt;{room.Name}&lt;/p&gt;")</code>
/// Only markup itself goes in as it stands. Attributes are quoted by whoever writes the template.
/// </summary>
public readonly struct Html
{
    public static readonly Html Empty = new("");

    private readonly string? _markup;

    private Html(string markup) => _markup = markup;

    public static Html Of(ref Template template) => new(template.ToStringAndClear());

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts));

    /// <summary>This, or nothing.</summary>
    public static Html If(bool condition, ref Template template)
    {
        var markup = template.ToStringAndClear();
        return condition ? new Html(markup) : Empty;
    }

    public override string ToString() => _markup ?? "";

    /// <summary>What the compiler makes of the interpolated string.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Template(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

        public void AppendLiteral(string value) => _text.Append(value);

        public void AppendFormatted(Html markup) => _text.Append(markup.ToString());

        public void AppendFormatted(IEnumerable<Html> markup)
        {
            foreach (var part in markup)
                _text.Append(part.ToString());
        }

        public void AppendFormatted(string? text) => _text.Append(HtmlEncoder.Default.Encode(text ?? ""));

        public void AppendFormatted(int number) => _text.Append(number);

        public void AppendFormatted(int number, string format) =>
            _text.Append(number.ToString(format, System.Globalization.CultureInfo.InvariantCulture));

        internal string ToStringAndClear() => _text.ToString();
    }
}
