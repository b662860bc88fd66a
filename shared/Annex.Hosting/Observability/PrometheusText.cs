using System.Globalization;
using System.Text;

namespace Annex.Hosting.Observability;

/// <summary>Prometheus' text format 0.0.4, with the names that OpenTelemetry's mapping gives: dots become underscores, the unit
/// and, for counters, _total are added.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Write(IEnumerable<MetricSeries> series)
    {
        var text = new StringBuilder();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var one in series)
        {
            var name = Name(one);
            // Two meters with an instrument of one name: their series would be each other's duplicates. An instrument that has
            // counted nothing yet shows its name and type: whoever writes an alert looks for it here.
            if (seen.Add(name))
                Write(text, name, one);
        }
        return text.ToString();
    }

    public static string Name(MetricSeries series)
    {
        var name = new StringBuilder();
        foreach (var c in series.Instrument.Name)
            name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        var unit = series.Instrument.Unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            "%" => "_percent",
            "1" when !series.IsCounter && !series.IsHistogram => "_ratio",
            _ => "",
        };
        if (!name.ToString().EndsWith(unit, StringComparison.Ordinal))
            name.Append(unit);
        if (series.IsCounter && !name.ToString().EndsWith("_total", StringComparison.Ordinal))
            name.Append("_total");
        return name.ToString();
    }

    private static void Write(StringBuilder text, string name, MetricSeries series)
    {
        if (series.Instrument.Description is { Length: > 0 } description)
            text.Append("# HELP ").Append(name).Append(' ').Append(description.Replace("\n", " ")).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ')
            .Append(series.IsHistogram ? "histogram" : series.IsCounter ? "counter" : "gauge").Append('\n');
        foreach (var (labels, point) in series.Points)
        {
            var (value, buckets) = point.Read();
            if (series.IsHistogram)
                WriteHistogram(text, name, labels, series.Bounds, value, buckets);
            else
                Line(text, name, labels, value);
        }
    }

    private static void WriteHistogram(
        StringBuilder text, string name, string labels, double[] bounds, double sum, long[] buckets)
    {
        var separator = labels.Length > 0 ? "," : "";
        var total = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            total += buckets[i];
            var bound = i < bounds.Length ? bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf";
            Line(text, name + "_bucket", $"{labels}{separator}le=\"{bound}\"", total);
        }
        Line(text, name + "_sum", labels, sum);
        Line(text, name + "_count", labels, total);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
