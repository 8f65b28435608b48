using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Groups;

/// <summary>A group of devices.</summary>
public sealed class DeviceGroup
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>Unique name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The name in upper case; unique.</summary>
    public string NormalizedName { get; set; } = "";

    /// <summary>An administrator's note.</summary>
    public string Note { get; set; } = "";

    /// <summary>A device in several groups is shown to stock clients in the one with the lowest rank.</summary>
    public int Rank { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<DeviceGroup>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<DeviceGroup> builder)
        {
            builder.ToTable("device_groups");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.NormalizedName).IsUnique();
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Name).HasMaxLength(128);
            builder.Property(e => e.NormalizedName).HasMaxLength(128);
            builder.Property(e => e.Note).HasMaxLength(1000);
        }
    }
}
