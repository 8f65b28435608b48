using Hawser.Session.Connecting.Load;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Connecting.Load;

public sealed class LoadHistogramTests
{
    [Fact]
    public void Nothing_counted_is_zero() => new LoadHistogram().Quantile(0.99).ShouldBe(0);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(999)]
    [InlineData(123_456)]
    [InlineData(3_600_000_000)]
    public void One_duration_is_found_again_within_its_bucket(long microseconds)
    {
        var histogram = new LoadHistogram();
        histogram.Add(TimeSpan.FromMicroseconds(microseconds));

        histogram.Quantile(0.5).ShouldBe(microseconds / 1000.0, microseconds / 1000.0 * 0.04 + 0.0021);
    }

    [Fact]
    public void Quantiles_are_in_order_and_near_the_truth()
    {
        var histogram = new LoadHistogram();
        for (var i = 1; i <= 1000; i++) histogram.Add(TimeSpan.FromMilliseconds(i));

        histogram.Count.ShouldBe(1000);
        histogram.Quantile(0.5).ShouldBe(500, 25);
        histogram.Quantile(0.99).ShouldBe(990, 45);
    }
}
