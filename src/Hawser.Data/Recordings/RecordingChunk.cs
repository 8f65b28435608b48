using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Hawser.Data.Recordings;

/// <summary>A chunk of a recording that is stored and was, or is about to be, acknowledged.</summary>
public sealed class RecordingChunk
{
    /// <summary>The recording's row.</summary>
    public Guid RecordingGuid { get; set; }

    /// <summary>Its number: the order of arrival. Numbers may be missing.</summary>
    public int Index { get; set; }

    /// <summary>The client's own number; null: it gives none.</summary>
    public long? Seq { get; set; }

    /// <summary>Bytes.</summary>
    public long Length { get; set; }

    /// <summary>
    /// SHA-256 of the bytes, for repetitions. Without <see cref="Seq"/> it is null, unless the row was lost in a crash
    /// and made again: it is not known then whether the client gives numbers.
    /// </summary>
    public byte[]? Hash { get; set; }

    /// <summary>When it was stored, UTC.</summary>
    public DateTime StoredAt { get; set; }

    internal sealed class Mapping : IEntityTypeConfiguration<RecordingChunk>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<RecordingChunk> builder)
        {
            builder.ToTable("recording_chunks");
            builder.HasKey(e => new { e.RecordingGuid, e.Index });
            builder.HasIndex(e => new { e.RecordingGuid, e.Seq }).IsUnique();
            builder.Property(e => e.Index).ValueGeneratedNever();
            builder.Property(e => e.Hash).HasMaxLength(32);
        }
    }
}
