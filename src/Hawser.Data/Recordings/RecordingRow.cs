using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Recordings;

/// <summary>A stored screen recording, or one that is arriving.</summary>
public sealed class RecordingRow
{
    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>The file's name in the store; unique.</summary>
    public string FileName { get; set; } = "";

    /// <summary>The device that sent it.</summary>
    public Guid? DeviceGuid { get; set; }

    /// <summary>Its id then.</summary>
    public string DeviceId { get; set; } = "";

    /// <summary>The other end.</summary>
    public string PeerId { get; set; } = "";

    /// <summary>incoming or outgoing; empty: not known.</summary>
    public string Direction { get; set; } = "";

    /// <summary>As the name says.</summary>
    public string Codec { get; set; } = "";

    /// <summary>As the name says.</summary>
    public string Display { get; set; } = "";

    /// <summary>As the name says, UTC.</summary>
    public DateTime? StartedAt { get; set; }

    /// <summary>Bytes stored.</summary>
    public long Size { get; set; }

    /// <summary>How far it is.</summary>
    public RecordingStatus Status { get; set; }

    /// <summary>It ended without saying so: the last part, or the finished header, may be missing.</summary>
    public bool Incomplete { get; set; }

    /// <summary>Why it failed.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Whose it is, beside the device owner's.</summary>
    public Guid? OwnerGuid { get; set; }

    /// <summary>The audited connection.</summary>
    public Guid? ConnectionGuid { get; set; }

    /// <summary>Once finished.</summary>
    public long? DurationMs { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>When it last changed, UTC.</summary>
    public DateTime UpdatedAt { get; set; }

    /// <summary>When it became ready, UTC.</summary>
    public DateTime? FinishedAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<RecordingRow>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<RecordingRow> builder)
        {
            builder.ToTable("recordings");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.FileName).IsUnique();
            builder.HasIndex(e => new { e.DeviceId, e.CreatedAt });
            builder.HasIndex(e => e.Status);
            builder.HasIndex(e => e.CreatedAt);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.FileName).HasMaxLength(300);
            builder.Property(e => e.DeviceId).HasMaxLength(253);
            builder.Property(e => e.PeerId).HasMaxLength(253);
            builder.Property(e => e.Direction).HasMaxLength(16);
            builder.Property(e => e.Codec).HasMaxLength(16);
            builder.Property(e => e.Display).HasMaxLength(32);
            builder.Property(e => e.Reason).HasMaxLength(300);
        }
    }
}

/// <summary>How far a recording is.</summary>
public enum RecordingStatus
{
    /// <summary>It is arriving.</summary>
    Uploading = 0,

    /// <summary>All of it is there; it waits to be finished.</summary>
    Uploaded = 1,

    /// <summary>It can be played.</summary>
    Ready = 2,

    /// <summary>It can't be played; the reason says why.</summary>
    Failed = 3,
}
