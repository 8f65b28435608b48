using Hawser.Data.Retention;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Audit;

/// <summary>Something an administrator should hear of.</summary>
public sealed class AlarmAudit : IOfDevice
{
    /// <summary>Characters of a source at most.</summary>
    public const int MaximumSource = 300;

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

    /// <summary>The address it came from, or what one of the server is about; empty: not said.</summary>
    public string Source { get; set; } = "";

    /// <summary>The connection.</summary>
    public int? ConnId { get; set; }

    /// <summary>The introduction; empty: not known.</summary>
    public string Reference { get; set; } = "";

    /// <summary>The account concerned.</summary>
    public Guid? UserGuid { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Whether somebody looked at it.</summary>
    public AlarmState State { get; set; }

    /// <summary>The name of who set the state; empty: nobody.</summary>
    public string HandledBy { get; set; } = "";

    /// <summary>When the state was set, UTC.</summary>
    public DateTime? HandledAt { get; set; }

    /// <summary>The name of who shall look into it; empty: nobody in particular.</summary>
    public string AssignedTo { get; set; } = "";

    /// <summary>What was found.</summary>
    public string Note { get; set; } = "";

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
            builder.Property(e => e.Source).HasMaxLength(MaximumSource);
            builder.Property(e => e.Reference).HasMaxLength(64);
            builder.Property(e => e.HandledBy).HasMaxLength(128);
            builder.Property(e => e.AssignedTo).HasMaxLength(128);
            builder.Property(e => e.Note).HasMaxLength(1000);
        }
    }
}

/// <summary>How far somebody got with an alarm.</summary>
public enum AlarmState
{
    /// <summary>Nobody looked at it.</summary>
    New = 0,

    /// <summary>Somebody knows of it.</summary>
    Seen = 1,

    /// <summary>Nothing is left to do.</summary>
    Resolved = 2,
}
