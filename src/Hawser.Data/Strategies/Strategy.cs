using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Strategies;

/// <summary>Client options that are pushed to devices.</summary>
public sealed class Strategy
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>Unique name.</summary>
    public string Name { get; set; } = "";

    /// <summary>The name in upper case; unique.</summary>
    public string NormalizedName { get; set; } = "";

    /// <summary>An administrator's note.</summary>
    public string Note { get; set; } = "";

    /// <summary>Devices under a disabled strategy are managed by none.</summary>
    public bool Enabled { get; set; }

    /// <summary>The options as a JSON object of texts.</summary>
    public string Options { get; set; } = "";

    /// <summary>When the options last changed, UTC.</summary>
    public DateTime ModifiedAt { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<Strategy>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<Strategy> builder)
        {
            builder.ToTable("strategies");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.NormalizedName).IsUnique();
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.Name).HasMaxLength(128);
            builder.Property(e => e.NormalizedName).HasMaxLength(128);
            builder.Property(e => e.Note).HasMaxLength(1000);
        }
    }
}
