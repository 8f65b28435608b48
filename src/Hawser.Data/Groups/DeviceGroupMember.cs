using Hawser.Data.Devices;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Groups;

/// <summary>That a device is in a group.</summary>
public sealed class DeviceGroupMember
{
    /// <summary>The device.</summary>
    public Guid DeviceGuid { get; set; }

    /// <summary>The group.</summary>
    public Guid GroupGuid { get; set; }

    /// <summary>Since when, UTC.</summary>
    public DateTime AddedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<DeviceGroupMember>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<DeviceGroupMember> builder)
        {
            builder.ToTable("device_group_members");
            builder.HasKey(e => new { e.DeviceGuid, e.GroupGuid });
            builder.HasIndex(e => e.GroupGuid);
            builder.HasOne<Device>().WithMany().HasForeignKey(e => e.DeviceGuid).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<DeviceGroup>().WithMany().HasForeignKey(e => e.GroupGuid).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
