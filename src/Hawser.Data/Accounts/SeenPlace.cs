using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Accounts;

/// <summary>A network that an account signed in from.</summary>
public sealed class SeenPlace
{
    /// <summary>Whose.</summary>
    public Guid UserGuid { get; set; }

    /// <summary>The network, for instance 203.0.113.0/24.</summary>
    public string Network { get; set; } = "";

    /// <summary>When it was last, UTC.</summary>
    public DateTime SeenAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<SeenPlace>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<SeenPlace> builder)
        {
            builder.ToTable("seen_places");
            builder.HasKey(e => new { e.UserGuid, e.Network });
            builder.HasOne<User>().WithMany().HasForeignKey(e => e.UserGuid).OnDelete(DeleteBehavior.Cascade);
            builder.Property(e => e.Network).HasMaxLength(64);
        }
    }
}
