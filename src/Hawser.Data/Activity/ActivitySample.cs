using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Activity;

/// <summary>What a sample tells.</summary>
public enum SampleMetric
{
    /// <summary>Devices that a node hears of; who registers at one node and reports to another is in both.</summary>
    Online = 1,

    /// <summary>Sessions that are open, anywhere.</summary>
    Sessions = 2,

    /// <summary>Bytes that a relay moves in a second.</summary>
    RelayBytes = 3,

    /// <summary>Introductions in the span that needed no relay.</summary>
    Direct = 4,

    /// <summary>Introductions in the span that went over a relay.</summary>
    Relayed = 5,
}

/// <summary>
/// How much was going on in one span of time. A source writes for itself, and whoever asks adds sources up; a span
/// that nobody wrote is a gap and no zero.
/// </summary>
public sealed class ActivitySample
{
    /// <summary>The length of the span in minutes: 5 as measured, 60 rolled up.</summary>
    public int Minutes { get; set; }

    /// <summary>Its beginning, UTC.</summary>
    public DateTime At { get; set; }

    /// <summary>What is told.</summary>
    public SampleMetric Metric { get; set; }

    /// <summary>The node's guid or the relay's address; empty where all nodes see the same.</summary>
    public string Source { get; set; } = "";

    /// <summary>The mean over the span; of introductions the sum.</summary>
    public double Value { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ActivitySample>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<ActivitySample> builder)
        {
            builder.ToTable("activity_samples");
            builder.HasKey(e => new { e.Minutes, e.At, e.Metric, e.Source });
            builder.Property(e => e.Source).HasMaxLength(260);
        }
    }
}
