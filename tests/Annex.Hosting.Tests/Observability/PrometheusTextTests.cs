using System.Diagnostics.Metrics;
using Annex.Hosting.Observability;
using Xunit;

namespace Annex.Hosting.Tests.Observability;

public sealed class PrometheusTextTests
{
    [Fact]
    public void A_counter_has_a_total_by_label()
    {
        var text = Text("Annex.A", meter =>
        {
            var counter = meter.CreateCounter<long>("annex.a.joins", "{join}", "Joins.");
            counter.Add(1, new KeyValuePair<string, object?>("room", "x\"y\\z\n"));
            counter.Add(2, new KeyValuePair<string, object?>("room", "x\"y\\z\n"));
            counter.Add(4);
        });
        Assert.Contains(
            "# HELP annex_a_joins_total Joins.\n# TYPE annex_a_joins_total counter\nannex_a_joins_total 4\n" +
            "annex_a_joins_total{room=\"x\\\"y\\\\z\\n\"} 3\n", text);
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_sum_and_count()
    {
        var text = Text("Annex.B", meter =>
        {
            var histogram = meter.CreateHistogram("annex.b.time", "s", null, null,
                new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
            foreach (var value in (double[])[0.05, 0.1, 0.5, 7])
                histogram.Record(value);
        });
        Assert.Contains(
            "annex_b_time_seconds_bucket{le=\"0.1\"} 2\nannex_b_time_seconds_bucket{le=\"1\"} 3\n" +
            "annex_b_time_seconds_bucket{le=\"+Inf\"} 4\nannex_b_time_seconds_sum 7.65\nannex_b_time_seconds_count 4\n", text);
    }

    [Fact]
    public void An_observed_series_that_is_gone_is_not_told_again()
    {
        var rooms = new List<string> { "a", "b" };
        using var meter = new Meter("Annex.C");
        using var store = new MetricStore();
        meter.CreateObservableGauge("annex.c.size",
            () => rooms.Select(r => new Measurement<int>(1, new KeyValuePair<string, object?>("room", r))), "By");
        Assert.Contains("annex_c_size_bytes{room=\"b\"} 1\n", PrometheusText.Write(store.Collect()));
        rooms.Remove("b");
        var text = PrometheusText.Write(store.Collect());
        Assert.Contains("annex_c_size_bytes{room=\"a\"} 1\n", text);
        Assert.DoesNotContain("room=\"b\"", text);
    }

    [Fact]
    public void An_up_down_counter_is_a_gauge()
    {
        var text = Text("Annex.D", meter =>
        {
            var counter = meter.CreateUpDownCounter<int>("annex.d.open");
            counter.Add(5);
            counter.Add(-2);
        });
        Assert.Contains("# TYPE annex_d_open gauge\nannex_d_open 3\n", text);
    }

    [Fact]
    public void Labels_that_somebody_else_chooses_cost_bounded_memory()
    {
        using var meter = new Meter("Annex.E");
        using var store = new MetricStore();
        var counter = meter.CreateCounter<long>("annex.e.seen");
        for (var i = 0; i < MetricSeries.MaxPoints * 3; i++)
            counter.Add(1, new KeyValuePair<string, object?>("who", $"w{i}"));
        var series = store.Collect().Single(s => s.Instrument.Meter.Name == "Annex.E");
        Assert.Equal(MetricSeries.MaxPoints + 1, series.Points.Count());
        Assert.Equal(MetricSeries.MaxPoints * 3, series.Points.Sum(p => p.Value.Read().Value));
    }

    [Fact]
    public void Recording_what_was_recorded_before_allocates_nothing()
    {
        using var meter = new Meter("Annex.F");
        using var store = new MetricStore();
        var counter = meter.CreateCounter<long>("annex.f.sent");
        var tag = new KeyValuePair<string, object?>("kind", "message");
        counter.Add(1, tag);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            counter.Add(1, tag);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static string Text(string name, Action<Meter> record)
    {
        using var meter = new Meter(name);
        using var store = new MetricStore();
        record(meter);
        return PrometheusText.Write(store.Collect());
    }
}
