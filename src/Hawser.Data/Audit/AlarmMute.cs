using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Audit;

/// <summary>Alarms that nobody wants to be told of for a while: of a kind, from a device or from an address.</summary>
public sealed class AlarmMute
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>The kind.</summary>
    public int Type { get; set; }

    /// <summary>The device's id; empty: alarms that are about no device.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>The address it came from, or what an alarm of the server is about; empty: whatever.</summary>
    public string Source { get; set; } = "";

    /// <summary>Void from then, UTC; null: until somebody takes it back.</summary>
    public DateTime? Until { get; set; }

    /// <summary>The name of who made it.</summary>
    public string CreatedBy { get; set; } = "";

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<AlarmMute>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<AlarmMute> builder)
        {
            builder.ToTable("alarm_mutes");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => new { e.Type, e.DeviceId });
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.DeviceId).HasMaxLength(253);
            builder.Property(e => e.Source).HasMaxLength(300);
            builder.Property(e => e.CreatedBy).HasMaxLength(128);
        }
    }
}
