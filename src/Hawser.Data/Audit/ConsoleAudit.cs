using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Audit;

/// <summary>What somebody did in the console or by API.</summary>
public sealed class ConsoleAudit
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>Who; null: the server itself.</summary>
    public Guid? OperatorGuid { get; set; }

    /// <summary>The name then.</summary>
    public string Operator { get; set; } = "";

    /// <summary>0 group, 1 user, 2 device, 3 address book, 4 and up ours.</summary>
    public int Area { get; set; }

    /// <summary>The wire's number (iop), ours from 100 on.</summary>
    public int Operation { get; set; }

    /// <summary>What it was done to, JSON.</summary>
    public string Info { get; set; } = "";

    /// <summary>From where.</summary>
    public string Address { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Its place in the chain, from 1; null: not sealed yet (<see cref="ConsoleChain"/>).</summary>
    public long? Sequence { get; set; }

    /// <summary>The hash of the row before it; all zeros for the first.</summary>
    public byte[]? PreviousHash { get; set; }

    /// <summary>The hash of the row before it and of everything in this one.</summary>
    public byte[]? Hash { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<ConsoleAudit>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<ConsoleAudit> builder)
        {
            builder.ToTable("audit_console");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.Operator);
            builder.HasIndex(e => e.CreatedAt);
            // Two sealers at once can't both have a place; what waits is found without reading the rest.
            builder.HasIndex(e => e.Sequence).IsUnique();
            builder.HasIndex(e => e.CreatedAt, "ix_audit_console_unsealed").HasFilter("sequence IS NULL");
            builder.Property(e => e.Guid).ValueGeneratedNever();
            // Sealed once: whoever comes second finds it changed.
            builder.Property(e => e.Sequence).IsConcurrencyToken();
            builder.Property(e => e.Operator).HasMaxLength(128);
            builder.Property(e => e.Address).HasMaxLength(45);
        }
    }
}
