using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Audit;

/// <summary>Something an administrator should hear of.</summary>
public sealed class AlarmAudit
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>The controlled device; null: forgotten since.</summary>
    public Guid? DeviceGuid { get; set; }

    /// <summary>Its id then.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>The wire's number; 3 to 5 are ours, for account logins.</summary>
    public int Type { get; set; }

    /// <summary>What was said of it, JSON.</summary>
    public string Info { get; set; } = "";

    /// <summary>The connection.</summary>
    public int? ConnId { get; set; }

    /// <summary>The introduction; empty: not known.</summary>
    public string Reference { get; set; } = "";

    /// <summary>The account concerned.</summary>
    public Guid? UserGuid { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<AlarmAudit>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<AlarmAudit> builder)
        {
            builder.ToTable("audit_alarms");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.DeviceId);
            builder.HasIndex(e => e.CreatedAt);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.DeviceId).HasMaxLength(253);
            builder.Property(e => e.Reference).HasMaxLength(64);
        }
    }
}
