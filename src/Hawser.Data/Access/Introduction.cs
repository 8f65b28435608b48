using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Access;

/// <summary>An introduction that was allowed; the device repeats its reference in audits.</summary>
public sealed class Introduction
{
    /// <summary>The opaque text on the wire (conn_audit_ref).</summary>
    public string Reference { get; set; } = "";

    /// <summary>The device asked for.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>The logged-in operator; null: not logged in.</summary>
    public Guid? UserGuid { get; set; }

    /// <summary>The operator's name then; empty: not logged in.</summary>
    public string UserName { get; set; } = "";

    /// <summary>The id of the device the operator's token is bound to; may be empty.</summary>
    public string OperatorDeviceId { get; set; } = "";

    /// <summary>Where the operator was.</summary>
    public string Address { get; set; } = "";

    /// <summary>What was asked for, the rendezvous numbers.</summary>
    public int ConnType { get; set; }

    /// <summary>What allowed it, in the words of explanations; empty: a grant did.</summary>
    public string Reason { get; set; } = "";

    /// <summary>The rule that allowed it; null: none did.</summary>
    public Guid? RuleGuid { get; set; }

    /// <summary>When, UTC.</summary>
    public DateTime AtUtc { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<Introduction>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<Introduction> builder)
        {
            builder.ToTable("introductions");
            builder.HasKey(e => e.Reference);
            builder.HasIndex(e => e.AtUtc);
            builder.HasIndex(e => new { e.RuleGuid, e.AtUtc });
            builder.HasIndex(e => new { e.Reason, e.AtUtc });
            builder.Property(e => e.Reference).HasMaxLength(64);
            builder.Property(e => e.DeviceId).HasMaxLength(253);
            builder.Property(e => e.UserName).HasMaxLength(128);
            builder.Property(e => e.OperatorDeviceId).HasMaxLength(253);
            builder.Property(e => e.Address).HasMaxLength(45);
            builder.Property(e => e.Reason).HasMaxLength(32);
        }
    }
}
