using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Settings;

/// <summary>A setting that is changed while the server runs.</summary>
public sealed class Setting
{
    /// <summary>Its name.</summary>
    public string Key { get; set; } = "";

    /// <summary>Its value as JSON; encrypted when it is secret.</summary>
    public string Value { get; set; } = "";

    /// <summary>The value is encrypted and never shown.</summary>
    public bool IsSecret { get; set; }

    /// <summary>When it last changed, UTC.</summary>
    public DateTime UpdatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<Setting>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<Setting> builder)
        {
            builder.ToTable("settings");
            builder.HasKey(e => e.Key);
            builder.Property(e => e.Key).HasMaxLength(128);
        }
    }
}
