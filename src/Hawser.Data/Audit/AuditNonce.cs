using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Audit;

/// <summary>A record that was stored, so that its repeat is not stored twice.</summary>
public sealed class AuditNonce
{
    /// <summary>The client's mark.</summary>
    public string Nonce { get; set; } = "";

    /// <summary>When, UTC.</summary>
    public DateTime AtUtc { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<AuditNonce>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<AuditNonce> builder)
        {
            builder.ToTable("audit_nonces");
            builder.HasKey(e => e.Nonce);
            builder.HasIndex(e => e.AtUtc);
            builder.Property(e => e.Nonce).HasMaxLength(64);
        }
    }
}
