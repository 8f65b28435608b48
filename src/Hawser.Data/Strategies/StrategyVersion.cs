using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Strategies;

/// <summary>What the options of a strategy became at a time.</summary>
public sealed class StrategyVersion
{
    /// <summary>The row's identity; later ones are larger.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>The strategy.</summary>
    public Guid StrategyGuid { get; set; }

    /// <summary>The options as a JSON object of texts.</summary>
    public string Options { get; set; } = "";

    /// <summary>When, UTC.</summary>
    public DateTime ChangedAt { get; set; }

    /// <summary>The name of who changed them; empty: a script of the server's operator.</summary>
    public string ChangedBy { get; set; } = "";

    /// <summary>Why.</summary>
    public string Note { get; set; } = "";

    internal sealed class Mapping : IEntityTypeConfiguration<StrategyVersion>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<StrategyVersion> builder)
        {
            builder.ToTable("strategy_versions");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => new { e.StrategyGuid, e.ChangedAt });
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.ChangedBy).HasMaxLength(128);
            builder.Property(e => e.Note).HasMaxLength(1000);
            builder.HasOne<Strategy>().WithMany().HasForeignKey(e => e.StrategyGuid).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
