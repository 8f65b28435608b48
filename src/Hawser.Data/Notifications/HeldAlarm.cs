using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Notifications;

/// <summary>An alarm that a channel tells later, together with others.</summary>
public sealed class HeldAlarm
{
    /// <summary>The channel.</summary>
    public Guid ChannelGuid { get; set; }

    /// <summary>The alarm.</summary>
    public Guid AlarmGuid { get; set; }

    /// <summary>Not before then, UTC.</summary>
    public DateTime DueAt { get; set; }

    /// <summary>When it was raised, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<HeldAlarm>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<HeldAlarm> builder)
        {
            builder.ToTable("held_alarms");
            builder.HasKey(e => new { e.ChannelGuid, e.AlarmGuid });
            builder.HasIndex(e => e.DueAt);
        }
    }
}
