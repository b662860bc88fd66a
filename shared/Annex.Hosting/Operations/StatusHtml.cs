using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Annex.Contracts.Status.V1;
using Microsoft.Extensions.Logging;

namespace Annex.Hosting.Operations;

/// <summary>The status page as HTML: no script, no style but the sheet, every text encoded.</summary>
internal sealed class StatusHtml
{
    private static readonly string[] Hidden =
    [
        "stanzas_received", "stanzas_sent", "bytes_received", "bytes_sent", "bytes_waiting", "handler_failures", "outbox",
        "outbox_age", "event_errors",
    ];

    private readonly StringBuilder _page = new();

    public static string Write(IReadOnlyList<GetStatusResponse> own, IReadOnlyList<PeerStatus> elsewhere,
        Func<string, IReadOnlyList<(double In, double Out)>> rates, IReadOnlyList<RecentTrouble.Line> trouble,
        string place, DateTimeOffset now)
    {
        var html = new StatusHtml();
        html.Head(own, elsewhere, place, now);
        html._page.Append("<section class=\"cards\">");
        foreach (var status in own)
            html.Card(status, rates(status.Service), now);
        html._page.Append("</section>");
        html.Elsewhere(elsewhere);
        html.Trouble(trouble);
        html._page.Append("<footer><a href=\"health/ready\">health</a> · <a href=\"metrics\">metrics</a> · refreshes itself every "
            + "10 seconds · <code>annexctl doctor</code> looks for what is wrong</footer></main></body></html>\n");
        return html._page.ToString();
    }

    private void Head(IReadOnlyList<GetStatusResponse> own, IReadOnlyList<PeerStatus> elsewhere, string place, DateTimeOffset now)
    {
        var bad = own.Count(s => !s.IsReady) + elsewhere.Count(e => e.Status is not { IsReady: true });
        var warned = own.Count(s => s.IsReady && s.Problems.Count > 0);
        var (tone, verdict) = bad > 0 ? ("bad", bad == 1 ? "One service is not well" : $"{bad} services are not well")
            : warned > 0 ? ("warn", "Working, with warnings") : ("good", "All is well");
        _page.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Annex: ").Append(Encode(verdict))
            .Append("</title><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                + "<meta http-equiv=\"refresh\" content=\"10\"><meta name=\"color-scheme\" content=\"light dark\">"
                + "<link rel=\"stylesheet\" href=\"status.css\"><link rel=\"icon\" href=\"data:,\"></head><body><main><header><div><h1>Annex</h1><p>");
        var first = own.Count > 0 ? own[0] : new GetStatusResponse();
        Text($"{place} · version {first.Version}");
        if (first.StartedAt is { } started)
            Text($" · up {Length(now - started.ToDateTimeOffset())}");
        _page.Append("</p></div><p class=\"verdict ").Append(tone).Append("\">").Append(Encode(verdict)).Append("</p></header>");
    }

    private void Card(GetStatusResponse status, IReadOnlyList<(double In, double Out)> rates, DateTimeOffset now)
    {
        var (tone, word) = State(status);
        _page.Append("<article class=\"card ").Append(tone).Append("\"><h2>").Append(Encode(Title(status.Service)))
            .Append("<span class=\"pill ").Append(tone).Append("\">").Append(word).Append("</span></h2><p class=\"address\">");
        Text(status.ComponentJid);
        _page.Append("<span> on ");
        Text($"{status.ComponentHost}:{status.ComponentPort}");
        _page.Append("</span></p>");
        Problems(status);
        _page.Append("<dl>");
        foreach (var (name, value) in status.Figures.Where(f => !Hidden.Contains(f.Key)).OrderBy(f => f.Key, StringComparer.Ordinal))
            Figure(Words(name), Number(value));
        Figure("stanzas in", Number(status.Figures.GetValueOrDefault("stanzas_received")));
        Figure("stanzas out", Number(status.Figures.GetValueOrDefault("stanzas_sent")));
        Figure("waiting", Bytes(status.Figures.GetValueOrDefault("bytes_waiting")));
        if (status.Figures.TryGetValue("outbox", out var outbox))
        {
            Figure("events waiting", Number(outbox), status.Figures.GetValueOrDefault("outbox_age") > 30 ? "warn" : "");
            Figure("events failed", Number(status.Figures.GetValueOrDefault("event_errors")),
                status.Figures.GetValueOrDefault("event_errors") > 0 ? "bad" : "");
        }
        Figure("exceptions", Number(status.Figures.GetValueOrDefault("handler_failures")),
            status.Figures.GetValueOrDefault("handler_failures") > 0 ? "bad" : "");
        _page.Append("</dl>");
        Curve(rates);
        _page.Append("</article>");
    }

    private void Problems(GetStatusResponse status)
    {
        if (status.Problems.Count == 0)
            return;
        _page.Append("<ul class=\"problems\">");
        foreach (var (name, problem) in status.Problems.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            _page.Append("<li><b>");
            Text(name);
            _page.Append("</b> ");
            Text(problem);
            if (name.EndsWith(":component", StringComparison.Ordinal) && status.LinkKeys.Count > 0)
            {
                _page.Append(": correct <code>");
                Text(string.Join(" or ", status.LinkKeys));
                _page.Append("</code>");
            }
            _page.Append("</li>");
        }
        _page.Append("</ul>");
    }

    private void Figure(string name, string value, string tone = "")
    {
        _page.Append("<div class=\"").Append(tone).Append("\"><dt>");
        Text(name);
        _page.Append("</dt><dd>").Append(value).Append("</dd></div>");
    }

    private void Curve(IReadOnlyList<(double In, double Out)> rates)
    {
        _page.Append("<figure>");
        if (rates.Count < 2)
        {
            _page.Append("<figcaption>traffic: measured from now on</figcaption></figure>");
            return;
        }
        var top = Math.Max(1, rates.Max(r => Math.Max(r.In, r.Out)));
        _page.Append("<svg viewBox=\"0 0 360 48\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"stanzas per second over the last hour\">");
        Line("out", rates.Select(r => r.Out).ToList(), top);
        Line("in", rates.Select(r => r.In).ToList(), top);
        _page.Append("</svg><figcaption><span class=\"in\">in ").Append(Number(rates[^1].In))
            .Append("/s</span> <span class=\"out\">out ").Append(Number(rates[^1].Out)).Append("/s</span> <span>peak ")
            .Append(Number(top)).Append("/s in ").Append(Encode(Length(TimeSpan.FromSeconds(rates.Count * 10)))).Append("</span></figcaption></figure>");
    }

    private void Line(string name, List<double> values, double top)
    {
        _page.Append("<polyline class=\"").Append(name).Append("\" points=\"");
        for (var i = 0; i < values.Count; i++)
        {
            // The newest at the right edge.
            var x = 360 - values.Count + 1 + i;
            _page.Append(CultureInfo.InvariantCulture, $"{x},{46 - (44 * values[i] / top):0.#} ");
        }
        _page.Append("\"/>");
    }

    private void Elsewhere(IReadOnlyList<PeerStatus> peers)
    {
        if (peers.Count == 0)
            return;
        _page.Append("<section class=\"list\"><h2>In other processes</h2><table><thead><tr><th>Service</th><th>State</th><th>What it says</th></tr></thead><tbody>");
        foreach (var peer in peers)
        {
            var (tone, word) = peer.Status is null ? ("bad", "no answer") : State(peer.Status);
            _page.Append("<tr><td>");
            Text(Title(peer.Service));
            _page.Append("</td><td><span class=\"pill ").Append(tone).Append("\">").Append(word).Append("</span></td><td>");
            Text(peer.Problem ?? (peer.Status!.Problems.Count == 0 ? peer.Status.ComponentJid
                : string.Join("; ", peer.Status.Problems.Select(p => $"{p.Key}: {p.Value}"))));
            _page.Append("</td></tr>");
        }
        _page.Append("</tbody></table></section>");
    }

    private void Trouble(IReadOnlyList<RecentTrouble.Line> lines)
    {
        _page.Append("<section class=\"list\"><h2>Warnings and errors</h2>");
        if (lines.Count == 0)
            _page.Append("<p class=\"quiet\">None since the start.</p>");
        else
        {
            _page.Append("<table><tbody>");
            foreach (var line in lines)
            {
                var tone = line.Level >= LogLevel.Error ? "bad" : "warn";
                _page.Append("<tr><td class=\"time\">").Append(line.At.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture))
                    .Append("</td><td><span class=\"pill ").Append(tone).Append("\">").Append(line.Level >= LogLevel.Error ? "error" : "warning")
                    .Append("</span></td><td>");
                Text(line.Text);
                _page.Append("</td></tr>");
            }
            _page.Append("</tbody></table>");
        }
        _page.Append("</section>");
    }

    private static (string Tone, string Word) State(GetStatusResponse status) =>
        status.LinkFault == "Conflict" ? ("warn", "standby")
        : !status.IsComponentConnected ? ("bad", "not connected")
        : !status.IsReady ? ("bad", "not ready")
        : status.Problems.Count > 0 ? ("warn", "warning") : ("good", "connected");

    private static string Title(string service) => service switch
    {
        "Muc" => "Rooms",
        "Upload" => "File upload",
        "Push" => "Push",
        "TurnDiscovery" => "TURN discovery",
        "Search" => "Channel search",
        _ => service,
    };

    private static string Words(string name) => name.Replace('_', ' ');

    private static string Number(double value) => value switch
    {
        >= 10_000_000 => (value / 1_000_000).ToString("0.#", CultureInfo.InvariantCulture) + "M",
        >= 100_000 => (value / 1000).ToString("0", CultureInfo.InvariantCulture) + "k",
        _ when value == Math.Floor(value) => value.ToString("0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    private static string Bytes(double value) => value switch
    {
        >= 1 << 30 => (value / (1 << 30)).ToString("0.#", CultureInfo.InvariantCulture) + " GiB",
        >= 1 << 20 => (value / (1 << 20)).ToString("0.#", CultureInfo.InvariantCulture) + " MiB",
        >= 1 << 10 => (value / (1 << 10)).ToString("0.#", CultureInfo.InvariantCulture) + " KiB",
        _ => value.ToString("0", CultureInfo.InvariantCulture) + " B",
    };

    private static string Length(TimeSpan time) =>
        time.TotalDays >= 2 ? $"{(int)time.TotalDays} days"
        : time.TotalHours >= 2 ? $"{(int)time.TotalHours} h"
        : time.TotalMinutes >= 2 ? $"{(int)time.TotalMinutes} min" : $"{Math.Max(0, (int)time.TotalSeconds)} s";

    private void Text(string text) => _page.Append(Encode(text));

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
