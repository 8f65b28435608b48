using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Devices;

/// <summary>That a device was deployed with a token.</summary>
public sealed class Deployment
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>The id it got.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>Its uuid.</summary>
    public byte[] Uuid { get; set; } = [];

    /// <summary>Its key.</summary>
    public byte[] PublicKey { get; set; } = [];

    /// <summary>Whose token.</summary>
    public Guid UserGuid { get; set; }

    /// <summary>Which token.</summary>
    public Guid TokenGuid { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<Deployment>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<Deployment> builder)
        {
            builder.ToTable("deployments");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.DeviceId);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.DeviceId).HasMaxLength(253);
        }
    }
}
