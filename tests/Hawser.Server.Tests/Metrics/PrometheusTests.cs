using System.Diagnostics.Metrics;
using Hawser.Server.Metrics;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Metrics;

public sealed class PrometheusTests : IDisposable
{
    private readonly NodeMeters _meters = new();
    private readonly MetricsCollector _collector;
    private readonly Meter _meter;

    public PrometheusTests()
    {
        _collector = new MetricsCollector(_meters);
        _meter = _meters.Create(new MeterOptions("Hawser.Test"));
    }

    public void Dispose()
    {
        _collector.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public void Counters_add_up_and_end_in_total()
    {
        var counter = _meter.CreateCounter<long>("hawser.test.introductions", description: "Introductions by\noutcome \\ kind");
        counter.Add(2, new KeyValuePair<string, object?>("outcome", "punched"), new("kind", "a"));
        counter.Add(3, new KeyValuePair<string, object?>("kind", "a"), new("outcome", "punched"));
        counter.Add(1);
        Ours().ShouldBe("""
            # HELP hawser_test_introductions_total Introductions by\noutcome \\ kind
            # TYPE hawser_test_introductions_total counter
            hawser_test_introductions_total 1
            hawser_test_introductions_total{kind="a",outcome="punched"} 5

            """);
    }

    [Fact]
    public void Gauges_show_the_last_value_and_units_become_suffixes()
    {
        var value = 1.5;
        _meter.CreateObservableGauge("hawser.test.size", () => value, "By");
        var pairs = _meter.CreateUpDownCounter<int>("hawser.test.pairs");
        pairs.Add(5);
        pairs.Add(-2);
        value = 2.25;
        var text = Ours();
        text.ShouldContain("# TYPE hawser_test_size_bytes gauge\nhawser_test_size_bytes 2.25\n");
        text.ShouldContain("hawser_test_pairs 3\n");
    }

    [Fact]
    public void Observed_series_that_are_gone_are_not_shown_any_more()
    {
        var tags = new[] { "one", "two" };
        _meter.CreateObservableCounter("hawser.test.seen", () => tags.Select(t => new Measurement<long>(7, new KeyValuePair<string, object?>("t", t))));
        Ours().ShouldContain("hawser_test_seen_total{t=\"two\"} 7");
        tags = ["one"];
        Ours().ShouldNotContain("two");
        Ours().ShouldContain("hawser_test_seen_total{t=\"one\"} 7");
    }

    [Fact]
    public void Histograms_have_cumulative_buckets_sum_and_count()
    {
        var histogram = _meter.CreateHistogram("hawser.test.wait", "s", null, null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        foreach (var value in new[] { 0.05, 0.1, 0.5, 7 }) histogram.Record(value, new KeyValuePair<string, object?>("r", "x"));
        Ours().ShouldBe("""
            # TYPE hawser_test_wait_seconds histogram
            hawser_test_wait_seconds_bucket{r="x",le="0.1"} 2
            hawser_test_wait_seconds_bucket{r="x",le="1"} 3
            hawser_test_wait_seconds_bucket{r="x",le="+Inf"} 4
            hawser_test_wait_seconds_sum{r="x"} 7.65
            hawser_test_wait_seconds_count{r="x"} 4

            """);
    }

    [Fact]
    public void Label_values_are_escaped()
    {
        _meter.CreateCounter<int>("hawser.test.odd").Add(1, new KeyValuePair<string, object?>("v", "a\"b\\c\nd"));
        Ours().ShouldContain("""hawser_test_odd_total{v="a\"b\\c\nd"} 1""");
    }

    [Fact]
    public void Special_numbers_are_spelled_as_the_format_wants()
    {
        PrometheusWriter.Number(double.PositiveInfinity).ShouldBe("+Inf");
        PrometheusWriter.Number(double.NaN).ShouldBe("NaN");
        PrometheusWriter.Number(1e21).ShouldBe("1E+21");
        PrometheusWriter.Name("9 lives-left", null, SeriesKind.Gauge).ShouldBe("_9_lives_left");
    }

    [Fact]
    public void Many_sets_of_tags_are_kept_apart_however_often_each_is_measured()
    {
        var counter = _meters.Create(new MeterOptions("Hawser.Test")).CreateCounter<long>("hawser.test.sets");
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 40; i++)
            {
                counter.Add(i, new("kind", i % 2 == 0 ? "even" : "odd"), new KeyValuePair<string, object?>("port", i));
            }
        }

        var lines = Ours().Split('\n').Where(l => l.StartsWith("hawser_test_sets_total{", StringComparison.Ordinal)).ToArray();
        lines.Length.ShouldBe(40);
        lines.ShouldContain("hawser_test_sets_total{kind=\"odd\",port=\"3\"} 9");
        lines.ShouldContain("hawser_test_sets_total{kind=\"even\",port=\"38\"} 114");
    }

    [Fact]
    public void A_tag_that_grows_without_end_is_cut_off()
    {
        var counter = _meter.CreateCounter<int>("hawser.test.flood");
        for (var i = 0; i < MetricsCollector.MaxSeries + 500; i++) counter.Add(1, new KeyValuePair<string, object?>("i", i));
        Ours().Split('\n').Count(l => l.StartsWith("hawser_test_flood_total{", StringComparison.Ordinal)).ShouldBe(MetricsCollector.MaxSeries);
    }

    [Fact]
    public void Meters_of_another_node_are_not_counted_here()
    {
        using var others = new NodeMeters();
        others.Create(new MeterOptions("Hawser.Test")).CreateCounter<int>("hawser.test.other").Add(1);
        _meter.CreateCounter<int>("hawser.test.own").Add(1);
        _collector.Write().ShouldNotContain("hawser_test_other");
        _collector.Write().ShouldContain("hawser_test_own_total 1");
        _collector.Write().ShouldContain("dotnet_", customMessage: "the runtime's own figures belong to it");
    }

    private string Ours() => string.Concat(_collector.Write().Split('\n')
        .Where(l => l.Contains("hawser_test")).Select(l => l + "\n"));
}
