using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Devices;

/// <summary>A one-time leave to connect back, given by the device that may be reached.</summary>
public sealed class SwitchGrantRow
{
    /// <summary>The verifier of the switch code, base64.</summary>
    public string Verifier { get; set; } = "";

    /// <summary>The device that gave it: the only one that it opens.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Void from then, UTC.</summary>
    public DateTime ExpiresAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<SwitchGrantRow>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<SwitchGrantRow> builder)
        {
            builder.ToTable("switch_grants");
            builder.HasKey(e => e.Verifier);
            builder.HasIndex(e => e.ExpiresAt);
            builder.Property(e => e.Verifier).HasMaxLength(64);
            builder.Property(e => e.DeviceId).HasMaxLength(253);
        }
    }
}
