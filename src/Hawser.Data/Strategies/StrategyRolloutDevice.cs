using Hawser.Data.Devices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Strategies;

/// <summary>A device in a ring that a roll-out reached.</summary>
public sealed class StrategyRolloutDevice
{
    /// <summary>The roll-out.</summary>
    public Guid RolloutGuid { get; set; }

    /// <summary>The device.</summary>
    public Guid DeviceGuid { get; set; }

    /// <summary>The ring, from 0.</summary>
    public int Ring { get; set; }

    /// <summary>The stamp that went with the options; 0: it was not heard of since.</summary>
    public long Stamp { get; set; }

    /// <summary>When it was told, UTC.</summary>
    public DateTime? ToldAt { get; set; }

    /// <summary>Until when its silence counts, UTC.</summary>
    public DateTime? WatchedUntil { get; set; }

    /// <summary>When it was heard of last, as far as it is watched, UTC.</summary>
    public DateTime? SeenAt { get; set; }

    /// <summary>When it said that it took the options, UTC.</summary>
    public DateTime? DeliveredAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<StrategyRolloutDevice>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<StrategyRolloutDevice> builder)
        {
            builder.ToTable("strategy_rollout_devices");
            builder.HasKey(e => new { e.RolloutGuid, e.DeviceGuid });
            builder.HasIndex(e => e.DeviceGuid);
            builder.HasOne<StrategyRollout>().WithMany().HasForeignKey(e => e.RolloutGuid)
                .OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Device>().WithMany().HasForeignKey(e => e.DeviceGuid).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
