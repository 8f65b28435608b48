using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Accounts;

/// <summary>A device on which a user need not repeat the mailed code.</summary>
public sealed class TrustedDevice
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>Who trusts it.</summary>
    public Guid UserGuid { get; set; }

    /// <summary>Its id when it was trusted.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>Its uuid in base64.</summary>
    public string DeviceUuid { get; set; } = "";

    /// <summary>What it said of its system.</summary>
    public string Os { get; set; } = "";

    /// <summary>client or browser.</summary>
    public string Type { get; set; } = "";

    /// <summary>Its host name.</summary>
    public string Name { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Not trusted from then, UTC.</summary>
    public DateTime ExpiresAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<TrustedDevice>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<TrustedDevice> builder)
        {
            builder.ToTable("trusted_devices");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => new { e.UserGuid, e.DeviceUuid }).IsUnique();
            builder.HasOne<User>().WithMany().HasForeignKey(e => e.UserGuid).OnDelete(DeleteBehavior.Cascade);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.DeviceId).HasMaxLength(253);
            builder.Property(e => e.DeviceUuid).HasMaxLength(400);
            builder.Property(e => e.Os).HasMaxLength(64);
            builder.Property(e => e.Type).HasMaxLength(64);
            builder.Property(e => e.Name).HasMaxLength(255);
        }
    }
}
