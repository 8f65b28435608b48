using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Recordings;

/// <summary>A recording once more as MP4, for browsers that can't play its file; made when it is asked for.</summary>
public sealed class RecordingCopy
{
    /// <summary>The longest reason.</summary>
    public const int ReasonLength = 300;

    /// <summary>The recording's row.</summary>
    public Guid RecordingGuid { get; set; }

    /// <summary>How far it is.</summary>
    public RecordingCopyStatus Status { get; set; }

    /// <summary>When the file that it is made of was finished, UTC; a recording that went on has another one.</summary>
    public DateTime SourceAt { get; set; }

    /// <summary>Hundredths of it that are made.</summary>
    public int Progress { get; set; }

    /// <summary>Bytes; 0: there is no file.</summary>
    public long Size { get; set; }

    /// <summary>Why it failed.</summary>
    public string Reason { get; set; } = "";

    /// <summary>When it was asked for, UTC.</summary>
    public DateTime AskedAt { get; set; }

    /// <summary>The node that makes it; empty: none.</summary>
    public string Maker { get; set; } = "";

    /// <summary>Any node may make it from then, UTC.</summary>
    public DateTime? MakerUntil { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<RecordingCopy>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<RecordingCopy> builder)
        {
            builder.ToTable("recording_copies");
            builder.HasKey(e => e.RecordingGuid);
            builder.HasIndex(e => new { e.Status, e.AskedAt });
            builder.Property(e => e.RecordingGuid).ValueGeneratedNever();
            builder.Property(e => e.Reason).HasMaxLength(ReasonLength);
            builder.Property(e => e.Maker).HasMaxLength(128);
        }
    }
}

/// <summary>How far a copy is.</summary>
public enum RecordingCopyStatus
{
    /// <summary>It waits for its turn.</summary>
    Waiting = 0,

    /// <summary>It is being made.</summary>
    Making = 1,

    /// <summary>It is there.</summary>
    Ready = 2,

    /// <summary>It could not be made; the reason says why.</summary>
    Failed = 3,
}
