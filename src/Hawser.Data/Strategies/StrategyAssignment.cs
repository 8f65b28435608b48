using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Strategies;

/// <summary>Which strategy a device, user or device group has: one each.</summary>
public sealed class StrategyAssignment
{
    /// <summary>What has it.</summary>
    public StrategyTarget TargetKind { get; set; }

    /// <summary>Which.</summary>
    public Guid TargetGuid { get; set; }

    /// <summary>The strategy.</summary>
    public Guid StrategyGuid { get; set; }

    /// <summary>Since when, UTC.</summary>
    public DateTime AssignedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<StrategyAssignment>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<StrategyAssignment> builder)
        {
            builder.ToTable("strategy_assignments");
            builder.HasKey(e => new { e.TargetKind, e.TargetGuid });
            builder.HasIndex(e => e.StrategyGuid);
            builder.HasOne<Strategy>().WithMany().HasForeignKey(e => e.StrategyGuid).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>What a strategy can be assigned to; in this order of precedence.</summary>
public enum StrategyTarget
{
    /// <summary>One device.</summary>
    Device = 0,

    /// <summary>The devices of a user.</summary>
    User = 1,

    /// <summary>The devices of a group.</summary>
    DeviceGroup = 2,
}
