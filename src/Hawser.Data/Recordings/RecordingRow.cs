using Hawser.Data.Retention;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Recordings;

/// <summary>A stored screen recording, or one that is arriving.</summary>
public sealed class RecordingRow : IOfDevice
{
    /// <summary>The longest title.</summary>
    public const int TitleLength = 200;

    /// <summary>The longest note.</summary>
    public const int NoteLength = 4000;

    /// <summary>The row's identity.</summary>
    public Guid Guid { get; set; } = Guid.CreateVersion7();

    /// <summary>What it is called by those who record: the folder's name in the store; unique.</summary>
    public string RecordId { get; set; } = "";

    /// <summary>By which door it comes.</summary>
    public RecordingDoor Door { get; set; }

    /// <summary>The principal it belongs to: <c>account:…</c>, <c>device:…</c>, <c>anonymous</c>.</summary>
    public string Owner { get; set; } = "";

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

    /// <summary>It ended because it was asked to; if not, it may go on.</summary>
    public bool Stopped { get; set; }

    /// <summary>How many chunks the client says it sent, when it stopped.</summary>
    public int? Announced { get; set; }

    /// <summary>Chunks stored.</summary>
    public int Chunks { get; set; }

    /// <summary>The next chunk's number, where no other counter is used.</summary>
    public int NextIndex { get; set; }

    /// <summary>When the last chunk came, or somebody was last seen to use it, UTC.</summary>
    public DateTime ActiveAt { get; set; }

    /// <summary>When it was stopped, UTC.</summary>
    public DateTime? StoppedAt { get; set; }

    /// <summary>When its chunks were deleted, UTC.</summary>
    public DateTime? ChunksDeletedAt { get; set; }

    /// <summary>The final file's type; empty: there is no final file.</summary>
    public string MimeType { get; set; } = "";

    /// <summary><c>final.webm</c> or <c>final.mp4</c>; empty: there is no final file.</summary>
    public string FinalName { get; set; } = "";

    /// <summary>Bytes of the final file.</summary>
    public long FinalSize { get; set; }

    /// <summary>SHA-256 of the final file in lower-case hexadecimals; empty: not computed yet.</summary>
    public string FileHash { get; set; } = "";

    /// <summary>There is a picture of it.</summary>
    public bool HasPoster { get; set; }

    /// <summary>There is a short, small version of it.</summary>
    public bool HasPreview { get; set; }

    /// <summary>The node that finishes it; empty: none.</summary>
    public string Finisher { get; set; } = "";

    /// <summary>Any node may finish it from then, UTC.</summary>
    public DateTime? FinisherUntil { get; set; }

    /// <summary>How often finishing failed.</summary>
    public int Attempts { get; set; }

    /// <summary>Not to be finished before, UTC.</summary>
    public DateTime? NextTryAt { get; set; }

    /// <summary>Hundredths of the finishing.</summary>
    public int Progress { get; set; }

    /// <summary>Why it failed, as a code.</summary>
    public string ReasonCode { get; set; } = "";

    /// <summary>Why it failed.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Whose it is, beside the device owner's.</summary>
    public Guid? OwnerGuid { get; set; }

    /// <summary>The audited connection.</summary>
    public Guid? ConnectionGuid { get; set; }

    /// <summary>Once finished.</summary>
    public long? DurationMs { get; set; }

    /// <summary>What people call it.</summary>
    public string Title { get; set; } = "";

    /// <summary>What people say of it.</summary>
    public string Note { get; set; } = "";

    /// <summary>Since when it must not be deleted, UTC; null: it may.</summary>
    public DateTime? HeldAt { get; set; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>When it last changed, UTC.</summary>
    public DateTime UpdatedAt { get; set; }

    /// <summary>When it became ready, UTC.</summary>
    public DateTime? FinishedAt { get; set; }

    /// <summary>The principal that an account is.</summary>
    public static string OwnerOf(Guid account) => $"account:{account:N}";

    internal sealed class Mapping : IEntityTypeConfiguration<RecordingRow>
    {
        /// <inheritdoc/>
        public void Configure(EntityTypeBuilder<RecordingRow> builder)
        {
            builder.ToTable("recordings");
            builder.HasKey(e => e.Guid);
            builder.HasIndex(e => e.RecordId).IsUnique();
            builder.HasIndex(e => new { e.Owner, e.CreatedAt });
            builder.HasIndex(e => new { e.DeviceId, e.CreatedAt });
            builder.HasIndex(e => e.Status);
            builder.HasIndex(e => e.CreatedAt);
            builder.Property(e => e.Guid).ValueGeneratedNever();
            builder.Property(e => e.RecordId).HasMaxLength(128);
            builder.Property(e => e.Owner).HasMaxLength(64);
            builder.Property(e => e.MimeType).HasMaxLength(64);
            builder.Property(e => e.FinalName).HasMaxLength(16);
            builder.Property(e => e.FileHash).HasMaxLength(64);
            builder.Property(e => e.Finisher).HasMaxLength(128);
            builder.Property(e => e.ReasonCode).HasMaxLength(32);
            builder.Property(e => e.DeviceId).HasMaxLength(253);
            builder.Property(e => e.PeerId).HasMaxLength(253);
            builder.Property(e => e.Direction).HasMaxLength(16);
            builder.Property(e => e.Codec).HasMaxLength(16);
            builder.Property(e => e.Display).HasMaxLength(32);
            builder.Property(e => e.Reason).HasMaxLength(300);
            builder.Property(e => e.Title).HasMaxLength(TitleLength);
            builder.Property(e => e.Note).HasMaxLength(NoteLength);
        }
    }
}

/// <summary>How far a recording is.</summary>
public enum RecordingStatus
{
    /// <summary>It is arriving.</summary>
    Recording = 0,

    /// <summary>All of it is there; it waits to be finished, or is being finished.</summary>
    Finalising = 1,

    /// <summary>It can be played.</summary>
    Ready = 2,

    /// <summary>It can't be played; the reason says why.</summary>
    Failed = 3,

    /// <summary>It was ended, but late chunks are still taken for a moment.</summary>
    Stopping = 4,

    /// <summary>Its files are being deleted.</summary>
    Deleting = 5,
}

/// <summary>By which door a recording comes.</summary>
public enum RecordingDoor
{
    /// <summary>Uploaded by a client, at offsets (<c>POST /api/record</c>).</summary>
    Upload = 0,

    /// <summary>Streamed in chunks (<c>/recording</c>).</summary>
    Stream = 1,
}
