using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Devices;

/// <summary>A device that was deleted a while ago, with all that it takes to have it back.</summary>
public sealed class DeletedDevice
{
    /// <summary>The identity that its row had.</summary>
    public Guid Guid { get; set; }

    /// <summary>The id it had.</summary>
    public string Id { get; set; } = "";

    /// <summary>Its name then.</summary>
    public string Name { get; set; } = "";

    /// <summary>The name of its owner then; empty: nobody.</summary>
    public string Owner { get; set; } = "";

    /// <summary>When it was deleted, UTC.</summary>
    public DateTime DeletedAt { get; set; }

    /// <summary>Who did it.</summary>
    public Guid DeletedByGuid { get; set; }

    /// <summary>Their name then.</summary>
    public string DeletedBy { get; set; } = "";

    /// <summary>What it was, JSON.</summary>
    public string Content { get; set; } = "";

    internal sealed class Mapping : IEntityTypeConfiguration<DeletedDevice>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<DeletedDevice> builder)
        {
            builder.ToTable("deleted_devices");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.DeletedAt);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Id).HasMaxLength(253);
            builder.Property(e => e.Name).HasMaxLength(255);
            builder.Property(e => e.Owner).HasMaxLength(128);
            builder.Property(e => e.DeletedBy).HasMaxLength(128);
        }
    }
}
