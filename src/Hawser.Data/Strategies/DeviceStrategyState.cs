using Hawser.Data.Devices;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Strategies;

/// <summary>What a device was last told: for telling it again only when that changes, and for taking back.</summary>
public sealed class DeviceStrategyState
{
    /// <summary>The device.</summary>
    public Guid DeviceGuid { get; set; }

    /// <summary>The strategy in effect; null: none.</summary>
    public Guid? StrategyGuid { get; set; }

    /// <summary>The modified_at on the wire, Unix seconds; changes whenever what is in effect changes.</summary>
    public long Stamp { get; set; }

    /// <summary>What is in effect as a JSON object; keys to be taken back are in it with empty texts.</summary>
    public string Options { get; set; } = "";

    internal sealed class Mapping : IEntityTypeConfiguration<DeviceStrategyState>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<DeviceStrategyState> builder)
        {
            builder.ToTable("device_strategy_states");
            builder.HasKey(e => e.DeviceGuid);
            builder.HasOne<Device>().WithOne().HasForeignKey<DeviceStrategyState>(e => e.DeviceGuid)
                .OnDelete(DeleteBehavior.Cascade);
        }
    }
}
